import { exportFiles, type ExportFile } from '../../actito/exports/names.ts';
import type { FileEntry } from '../../actito/delivery/file-server.ts';
import type { Profiles } from '../../activation/definition/profiles.ts';
import { isSameVersion, type KnownExport } from '../../state/profiles/exports.ts';

/** The exports to read, in this order, and those that came too late. */
export interface ChosenExports {
  toRead: ExportFile[];
  tooLate: ExportFile[];
}

/**
 * Chooses the exports to read: everything from the first unread one on, because a later file must have the last word,
 * also about profiles that a late file names. What a newer full export replaces is skipped. A file that is older than
 * one that was read and is gone from the server cannot be read any more: it would undo newer values.
 * @param entries the files on the server
 * @param known what was read and refused before, by name
 * @param now for dates in the future
 */
export function chooseExports(
  entries: readonly FileEntry[],
  patterns: Pick<Profiles['export'], 'file' | 'full'>,
  known: ReadonlyMap<string, KnownExport>,
  now?: Date,
): ChosenExports {
  const there = new Set(entries.map(({ name }) => name));
  const gone = [...known.values()].filter(({ name, status }) => status === 'read' && !there.has(name));
  const files = exportFiles([...entries, ...gone], patterns, now);
  const current = files.slice(
    Math.max(
      0,
      files.findLastIndex((file) => file.kind === 'full' && !isRefused(file, known)),
    ),
  );
  const lastGone = current.findLastIndex(({ name }) => !there.has(name));
  const readable = current.slice(lastGone + 1);
  return {
    toRead: fromFirstUnread(readable, known),
    tooLate: current
      .slice(0, lastGone + 1)
      .filter((file) => there.has(file.name) && loadOf(file, known) === null),
  };
}

/**
 * A file that was read before an earlier one counts as unread: a worker that reads a late file, and then the newer ones
 * again, can end in between.
 */
function fromFirstUnread(files: ExportFile[], known: ReadonlyMap<string, KnownExport>): ExportFile[] {
  let last = 0;
  const first = files.findIndex((file) => {
    const load = loadOf(file, known);
    if (load === null || load < last) return true;
    last = load;
    return false;
  });
  return first < 0 ? [] : files.slice(first);
}

/** Whether this version of a file was refused. */
export function isRefused(file: ExportFile, known: ReadonlyMap<string, KnownExport>): boolean {
  const found = known.get(file.name);
  return isSameVersion(found, file) && found!.status === 'refused';
}

/** The load that read this version of a file; null if none did. */
function loadOf(file: ExportFile, known: ReadonlyMap<string, KnownExport>): number | null {
  const found = known.get(file.name);
  return isSameVersion(found, file) && found!.status === 'read' ? found!.load : null;
}
