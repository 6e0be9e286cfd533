import type { DirectoryResult } from '../../contract/inspect.ts';
import { counted } from '../../contract/messages/words.ts';
import type { ReadExport, RefreshSummary } from '../../contract/steps.ts';

/** Whether an export was refused. A person must repair it; other notes are about files that are read later, or never. */
export function hasRefusedExport({ directories }: DirectoryResult): boolean {
  return directories.some(({ notes }) => notes.some(({ reason }) => reason === 'exportRefused'));
}

/** What was read into the profile directories of a destination, line by line. */
export function describeDirectory({ destination, directories }: DirectoryResult): string[] {
  return [`Profile directory of destination ${destination}`, ...directories.flatMap(linesOf)];
}

function linesOf({ attribute, read, notes, writtenAt }: RefreshSummary): string[] {
  const age = writtenAt === null ? 'no export was read yet' : `newest export of ${writtenAt}`;
  return [
    `Profiles by ${attribute}: ${age}`,
    ...(read.length === 0 ? ['  No new export.'] : read.map((one) => `  ✔ ${exportInWords(one)}`)),
    ...notes.flatMap(({ message }) => `  ! ${message}`),
  ];
}

function exportInWords({ file, kind, profiles, unusable }: ReadExport): string {
  const without = unusable > 0 ? `, ${unusable} with an unusable key` : '';
  return `${file} (${kind}): ${counted(profiles, 'profile')}${without}`;
}
