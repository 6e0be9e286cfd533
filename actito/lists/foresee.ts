import type { Definition } from '../../activation/definition/definition.ts';
import type { ActitoClient } from '../api/client.ts';
import { ownerOf, synchronizationsBody } from '../contract.ts';
import { conflict } from './provision.ts';
import { readLists, type ListPlace } from './read.ts';
import { findFormer, type FormerList } from './renaming.ts';

/** What provisioning would find: a list that is there, one that it would rename (by its name now), or none. */
export type ForeseenList = 'there' | 'missing' | { rename: string };

/**
 * Says what {@link provisionList} would do about the list of an activation, and does nothing of it.
 * @throws Failure ListConflict, Actito…
 */
export async function foreseeList(
  client: ActitoClient,
  place: ListPlace,
  { activation }: Definition,
  former: FormerList | undefined,
): Promise<ForeseenList> {
  const { list } = activation;
  const all = await readLists(client, place);
  const named = all.find(({ name }) => name === list.name);
  if (named && ownerOf(named) !== activation.id && !list.adopt) throw conflict(named, activation);
  if (named) return 'there';
  const marked = all.filter((candidate) => ownerOf(candidate) === activation.id);
  if (marked.length === 0) return 'missing';
  const parts = { entity: place.entity };
  const { fileSynchronizations } = await client.call(
    { route: 'synchronizations', parts },
    synchronizationsBody,
  );
  const of = new Map(fileSynchronizations.map(({ id, fileName }) => [id, fileName]));
  const found = findFormer(marked, { of, now: list.fileName, former });
  return found ? { rename: found.name } : 'missing';
}
