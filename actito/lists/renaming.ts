import { isDeepStrictEqual } from 'node:util';
import {
  listTarget,
  placeChanges,
  profileTableOf,
  type Activation,
  type Definition,
} from '../../activation/definition/definition.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { ExternalTargetList } from '../contract.ts';

/** The last delivery of an activation, from our state. */
export interface FormerList {
  name: string;
  fileName: string;
}

/** The files of lists, and which of them are ours. */
export interface Files {
  /** File names by file synchronization. */
  of: ReadonlyMap<string, string>;
  now: string;
  former?: FormerList;
}

/**
 * Finds the list of this activation under another name, after it was renamed in the configuration or in Actito. The
 * marker alone is not enough, because another project may have an activation with the same id. So the list must also
 * read a file of ours, the current one or the one delivered last.
 */
export function findFormer(
  marked: readonly ExternalTargetList[],
  files: Files,
): ExternalTargetList | undefined {
  const ours = marked.filter((list) => readsOurFile(list, files));
  return ours.find(({ name }) => name === files.former?.name) ?? ours[0];
}

export function renamedNote(
  { name, ...list }: ExternalTargetList,
  wanted: Activation['list'],
  files: Files,
): Told {
  const before = fileOf(list, files);
  return tell('listRenamed', {
    from: name,
    to: wanted.name,
    formerFile: before === wanted.fileName ? undefined : before,
    file: wanted.fileName,
  });
}

/** A note about a list with our marker that this activation no longer updates. */
export function notFedNote(list: ExternalTargetList, files: Files): Told {
  const { name, expirationDate, lastRetrievedFile } = list;
  return tell('listNotFed', {
    list: name,
    ours: readsOurFile(list, files),
    expires: expirationDate ?? undefined,
    held: Boolean(lastRetrievedFile),
  });
}

/** Whether someone else delivers to a list. A list without a file or synchronization is free. */
export function readsOtherFile(list: ExternalTargetList, files: Files): boolean {
  return fileOf(list, files) !== undefined && !readsOurFile(list, files);
}

/** Whether a list reads the current file, or the one that was delivered last. */
function readsOurFile(list: ExternalTargetList, files: Files): boolean {
  const file = fileOf(list, files);
  return file !== undefined && [files.now, files.former?.fileName].includes(file);
}

function fileOf({ fileSynchronizationId }: Pick<ExternalTargetList, 'fileSynchronizationId'>, { of }: Files) {
  return of.get(fileSynchronizationId ?? '');
}

/**
 * A note about the list that was delivered last, if it cannot be read, because it was created in Actito or is in
 * another license or table, and this activation now delivers elsewhere. Otherwise undefined.
 */
export function leftBehindNote(
  definition: Definition,
  former: { definition: Definition; deliveredAt: Date },
): Told | undefined {
  const { list: was } = former.definition.activation;
  const { list: is } = definition.activation;
  // The identifier alone changes the file's content, not its destination.
  const before = withIdentifierOf(former.definition, definition);
  const changes = placeChanges(listTarget(before), listTarget(definition));
  if (changes.length === 0) return undefined;
  const expires = new Date(former.deliveredAt.getTime() + was.validity).toISOString();
  const deliveredAt = former.deliveredAt.toISOString();
  return tell('listLeftBehind', { deliveredAt, changes, list: was.name, expires, file: is.fileName });
}

function withIdentifierOf(definition: Definition, other: Definition): Definition {
  const { identifier } = other.activation.list;
  const { activation } = definition;
  return { ...definition, activation: { ...activation, list: { ...activation.list, identifier } } };
}

/** True if both use the same profile table of the same license. */
export function isSameTable({ destination: a }: Definition, { destination: b }: Definition): boolean {
  return isDeepStrictEqual(profileTableOf(a), profileTableOf(b));
}
