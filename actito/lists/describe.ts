import type { ActitoClient } from '../api/client.ts';
import { NotFound } from '../api/failures.ts';
import { ownerOf } from '../contract.ts';
import { Failure } from '../../activation/failures.ts';
import { readLists, type ListPlace } from './read.ts';

/** An external target list, for people. */
export interface DescribedList {
  name: string;
  profiles: number | null;
  /** When it will target nobody any more; ISO 8601. */
  expires: string | null;
  /** The file that it last retrieved. */
  file: string | null;
  /** The activation that made it; null: someone else. */
  owner: string | null;
  /** Its activation is not in the project: nobody feeds it, unless another project has one of that id. */
  orphaned: boolean;
}

/** The lists of a profile table. @throws Failure ActitoRefused where they cannot be read at all */
export async function describeLists(
  client: ActitoClient,
  place: ListPlace,
  activations: readonly string[],
): Promise<DescribedList[]> {
  const lists = await readLists(client, place).catch((error: unknown) => {
    if (!(error instanceof NotFound)) throw error;
    throw new Failure(
      'ActitoRefused',
      `The external target lists of this licence cannot be read: ${error.message} Activations with ` +
        'list.provision: existing do not need it.',
    );
  });
  return lists.map((list) => {
    const owner = ownerOf(list);
    return {
      name: list.name,
      profiles: list.numberOfProfiles ?? null,
      expires: list.expirationDate ?? null,
      file: list.lastRetrievedFile?.name ?? null,
      owner,
      orphaned: owner !== null && !activations.includes(owner),
    };
  });
}
