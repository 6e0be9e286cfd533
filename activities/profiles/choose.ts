import { exportFiles, hasDailyDate, type ExportFile } from '../../actito/exports/names.ts';
import type { FileEntry } from '../../actito/delivery/file-server.ts';
import type { Profiles } from '../../activation/definition/profiles.ts';
import { DAY } from '../../activation/periods.ts';
import { isSameVersion, type KnownExport } from '../../state/profiles/exports.ts';

/** The exports to read, in this order, those that came too late, and the days (yyyy-MM-dd) without any. */
export interface ChosenExports {
  toRead: ExportFile[];
  tooLate: ExportFile[];
  /** Unread files that are older than a full export that was read, and the load that read it. */
  replaced: { files: ExportFile[]; load: number };
  /** Only those after the newest full export; only if the names of daily files have a date. */
  missing: string[];
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
  const start = Math.max(
    0,
    files.findLastIndex((file) => file.kind === 'full' && !isRefused(file, known)),
  );
  const current = files.slice(start);
  const isUnread = (file: ExportFile) => there.has(file.name) && loadOf(file, known) === null;
  const load = start > 0 ? loadOf(current[0]!, known) : null;
  const lastGone = current.findLastIndex(({ name }) => !there.has(name));
  const readable = current.slice(lastGone + 1);
  return {
    toRead: fromFirstUnread(readable, known),
    tooLate: current.slice(0, lastGone + 1).filter(isUnread),
    replaced:
      load === null ? { files: [], load: 0 } : { files: files.slice(0, start).filter(isUnread), load },
    missing: hasDailyDate(patterns) ? missingDays(current) : [],
  };
}

/** The days between those of the files, because a server may delete files before they are read. */
function missingDays(files: readonly ExportFile[]): string[] {
  const missing: string[] = [];
  let last: number | undefined;
  for (const { day } of files) {
    if (day === null) continue;
    const at = Date.parse(day);
    for (let gap = (last ?? at) + DAY; gap < at; gap += DAY)
      missing.push(new Date(gap).toISOString().slice(0, 10));
    last = at;
  }
  return missing;
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
