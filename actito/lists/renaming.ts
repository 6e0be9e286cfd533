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

/** What an activation delivered last, as our state remembers it. */
export interface FormerList {
  name: string;
  fileName: string;
}

/** Which files lists read, and which of them are ours. */
export interface Files {
  /** File names by file synchronization. */
  of: ReadonlyMap<string, string>;
  now: string;
  former?: FormerList;
}

/**
 * The list of this activation under another name: someone renamed it in the configuration, or in Actito. The marker
 * alone does not tell: another project may have an activation of the same id. So it must read a file of ours, too,
 * the one that is delivered now or the one that was delivered last.
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

/** For a list that carries our marker and is not the one that this activation feeds. */
export function notFedNote(list: ExternalTargetList, files: Files): Told {
  const { name, expirationDate, lastRetrievedFile } = list;
  return tell('listNotFed', {
    list: name,
    ours: readsOurFile(list, files),
    expires: expirationDate ?? undefined,
    held: Boolean(lastRetrievedFile),
  });
}

/** Whether somebody else feeds a list. One that reads no file, or one that nobody synchronizes, is free. */
export function readsOtherFile(list: ExternalTargetList, files: Files): boolean {
  return fileOf(list, files) !== undefined && !readsOurFile(list, files);
}

/** Whether a list reads the file that is delivered now, or the one that was delivered last. */
function readsOurFile(list: ExternalTargetList, files: Files): boolean {
  const file = fileOf(list, files);
  return file !== undefined && [files.now, files.former?.fileName].includes(file);
}

function fileOf({ fileSynchronizationId }: Pick<ExternalTargetList, 'fileSynchronizationId'>, { of }: Files) {
  return of.get(fileSynchronizationId ?? '');
}

/**
 * For a list that was delivered last and cannot be looked at, because a marketer made it or because it lies in another
 * licence or table: what becomes of it now that this activation delivers elsewhere. Undefined when it does not.
 */
export function leftBehindNote(
  definition: Definition,
  former: { definition: Definition; deliveredAt: Date },
): Told | undefined {
  const { list: was } = former.definition.activation;
  const { list: is } = definition.activation;
  // The identifier alone changes what the file holds, not where it goes.
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

/** True when both feed the same profile table of the same licence. */
export function isSameTable({ destination: a }: Definition, { destination: b }: Definition): boolean {
  return isDeepStrictEqual(profileTableOf(a), profileTableOf(b));
}
