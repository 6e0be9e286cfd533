import type { ListInfo } from '../../contract/inspect.ts';
import type { ActitoClient } from '../api/client.ts';
import { NotFound } from '../api/failures.ts';
import { ownerOf } from './marker.ts';
import { Failure } from '../../contract/failure.ts';
import { readLists, type ListPlace } from './read.ts';

/** Describes the lists of a profile table. @throws Failure ActitoRefused if they cannot be read */
export async function describeLists(
  client: ActitoClient,
  place: ListPlace,
  activations: readonly string[],
): Promise<ListInfo[]> {
  const lists = await readLists(client, place).catch((error: unknown) => {
    if (!(error instanceof NotFound)) throw error;
    throw new Failure('listsUnreadable', { failure: error.message }, { words: error.words?.open() });
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
