import { isDeepStrictEqual } from 'node:util';
import {
  listTarget,
  placeChanges,
  profileTableOf,
  type Activation,
  type Definition,
} from '../../activation/definition/definition.ts';
import { printable } from '../api/failures.ts';
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
): string {
  const before = fileOf(list, files);
  const file =
    before === undefined || before === wanted.fileName
      ? ''
      : ` It now reads ${wanted.fileName}; ${before} stays on the file server and is not read any more.`;
  return `Renamed in Actito: the external target list "${name}" is now "${wanted.name}"; campaigns that target it go on.${file}`;
}

/** For a list that carries our marker and is not the one that this activation feeds. */
export function notFedNote(list: ExternalTargetList, files: Files): string {
  const by = readsOurFile(list, files)
    ? 'is not fed any more'
    : 'is not fed from here (perhaps from another project, by an activation of the same id)';
  return (
    `The external target list "${list.name}" also carries the marker of this activation and ${by}. ` +
    `${untilWhen(list)} Delete it in Actito when no campaign needs it.`
  );
}

function untilWhen({ expirationDate, lastRetrievedFile }: ExternalTargetList): string {
  if (expirationDate) return `What it holds is valid until ${printable(expirationDate)}.`;
  return lastRetrievedFile ? 'When it expires is not known.' : 'It has never held anyone.';
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
): string | undefined {
  const { list: was } = former.definition.activation;
  const { list: is } = definition.activation;
  // The identifier alone changes what the file holds, not where it goes.
  const before = withIdentifierOf(former.definition, definition);
  const changes = placeChanges(listTarget(before), listTarget(definition));
  if (changes.length === 0) return undefined;
  const expires = new Date(former.deliveredAt.getTime() + was.validity).toISOString();
  return (
    `Since the last delivery (${former.deliveredAt.toISOString()}), ${changes.join(', ')}. What Actito read until then ` +
    `is not fed any more: the external target list "${was.name}" expires around ${expires} and then targets nobody, ` +
    `unless it is made to read ${is.fileName} from where it lies now. The old file is left on its server.`
  );
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
