import type { Told } from '../../contract/messages/message.ts';
import { HOUR } from '../../activation/periods.ts';
import type { Activation, Definition } from '../../activation/definition/definition.ts';
import { Failure, isFailure } from '../../contract/failure.ts';
import type { ActitoClient } from '../api/client.ts';
import { createdBody, listBody, type ExternalTargetList } from '../contract.ts';
import { markedDescription, ownerOf } from './marker.ts';
import { readLists, type ListPlace } from './read.ts';
import { findFormer, notFedNote, readsOtherFile, renamedNote, type FormerList } from './renaming.ts';
import { findSource } from './source.ts';

/** A list that was found or created. */
export interface ProvisionedList {
  id: string;
  created: boolean;
  /** The list has retrieved a file at least once. */
  retrieved: boolean;
  /** Notes about a list that was renamed, or that no longer gets files. */
  notes: Told[];
}

/**
 * Finds, renames or creates the external target list of an activation, with its file synchronization. A list of the
 * same name that is not ours is a conflict, unless the activation sets `adopt`.
 * @param host the delivery's host as resolved from the environment, which identifies the file transfer location
 * @param former the last delivery of this activation to the same profile table
 */
export async function provisionList(
  client: ActitoClient,
  place: ListPlace,
  { activation, destination }: Definition,
  { host, former }: { host: string; former?: FormerList },
): Promise<ProvisionedList> {
  const { list } = activation;
  const all = await readLists(client, place);
  const named = all.find((candidate) => candidate.name === list.name);
  if (named && ownerOf(named) !== activation.id && !list.adopt) throw conflict(named, activation);
  const { delivery } = destination;
  const source = await findSource(client, place.entity, { delivery, host, fileName: list.fileName });
  const files = { of: source.files, now: list.fileName, former };
  if (named && !list.adopt && readsOtherFile(named, files)) throw otherFile(named, activation);
  const wanted = {
    name: list.name,
    description: markedDescription(activation.id, activation.description),
    fileSynchronizationId: await source.provide(),
    identifierAttribute: list.identifier.attribute,
    validityHours: validityHours(list),
  };

  const marked = all.filter((candidate) => candidate !== named && ownerOf(candidate) === activation.id);
  const found = named ?? findFormer(marked, files);
  const notes = marked
    .filter((candidate) => candidate !== found)
    .map((candidate) => notFedNote(candidate, files));
  if (!found) {
    const parts = { ...place };
    const created = await client.call({ method: 'POST', route: 'lists', parts, json: wanted }, createdBody);
    return { id: created.id, created: true, retrieved: false, notes };
  }
  if (found !== named) notes.unshift(renamedNote(found, list, files));
  if (Object.entries(wanted).some(([field, value]) => found[field] !== value)) {
    await client
      .call({ method: 'PUT', route: 'list', parts: { ...place, list: found.id }, json: wanted }, listBody)
      .catch((error: unknown) => {
        throw found === named ? error : renamingRefused(error, found, list.name);
      });
  }
  return { id: found.id, created: false, retrieved: found.lastRetrievedFile != null, notes };
}

/** A: Actito counts a list's validity in hours. */
export function validityHours({ validity }: Activation['list']): number {
  return Math.max(1, Math.round(validity / HOUR));
}

/** The list of this name belongs to someone else. */
export function conflict(found: ExternalTargetList, { id }: Activation): Failure {
  const owner = ownerOf(found);
  const facts = { list: found.name, activation: id };
  return owner === null
    ? new Failure('listNotOwned', facts)
    : new Failure('listOwnedByOther', { ...facts, owner });
}

/** The marker is ours, but the file is not, so it may be the list of a copy of this project. */
export function otherFile(found: ExternalTargetList, { id, list }: Activation): Failure {
  return new Failure('listReadsOtherFile', { list: found.name, activation: id, file: list.fileName });
}

function renamingRefused(error: unknown, { name }: ExternalTargetList, wanted: string): unknown {
  if (!isFailure(error, 'ActitoRefused')) return error;
  return new Failure(
    'listRenamingRefused',
    { list: name, wanted, failure: error.message },
    { words: error.words?.open() },
  );
}
