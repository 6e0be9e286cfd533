import type { Definition } from '../../activation/definition/definition.ts';
import type { ActitoClient } from '../api/client.ts';
import { synchronizationsBody } from '../contract.ts';
import { ownerOf } from './marker.ts';
import { conflict, otherFile } from './provision.ts';
import { readLists, type ListPlace } from './read.ts';
import { findFormer, readsOtherFile, type FormerList } from './renaming.ts';

/** What provisioning will find: an existing list, a list to rename (with its current name), or none. */
type ListPreview = 'there' | 'missing' | { rename: string };

/**
 * Reports what {@link provisionList} would do with the list of an activation, without changing anything.
 * @throws Failure ListConflict, Actito…
 */
export async function previewList(
  client: ActitoClient,
  place: ListPlace,
  { activation }: Definition,
  former: FormerList | undefined,
): Promise<ListPreview> {
  const { list } = activation;
  const all = await readLists(client, place);
  const named = all.find(({ name }) => name === list.name);
  if (named && ownerOf(named) !== activation.id && !list.adopt) throw conflict(named, activation);
  const marked = all.filter((candidate) => ownerOf(candidate) === activation.id);
  if (!named && marked.length === 0) return 'missing';
  const parts = { entity: place.entity };
  const { fileSynchronizations } = await client.call(
    { route: 'synchronizations', parts },
    synchronizationsBody,
  );
  const of = new Map(fileSynchronizations.map(({ id, fileName }) => [id, fileName]));
  const files = { of, now: list.fileName, former };
  if (named && !list.adopt && readsOtherFile(named, files)) throw otherFile(named, activation);
  if (named) return 'there';
  const found = findFormer(marked, files);
  return found ? { rename: found.name } : 'missing';
}
