import { patternParts, type Profiles } from '../../activation/definition/profiles.ts';
import { DAY } from '../../activation/periods.ts';
import type { FileEntry } from '../delivery/file-server.ts';

/** A file of the export, daily or full. `day` (yyyy-MM-dd) is that of its name, or else when it was modified, in UTC. */
export type ExportFile = FileEntry & { kind: 'daily' | 'full'; day: string | null };

type Patterns = Pick<Profiles['export'], 'file' | 'full'>;

/** The group that matches a part of a date, such as `yyyy`: as many digits as it has letters. */
const digitsOf = (name: string) => `(?<${name}>\\d{${name.length}})`;
/** Files of an unknown day come last. */
const UNKNOWN = '~';

interface Dated {
  entry: ExportFile;
  /** The point in time in the name or of the last change, as digits; compares as text. */
  moment: string;
  /** Whether the name has a time of day. */
  hasTime: boolean;
  isFuture: boolean;
}

/** Returns whether a name fits a pattern of the export, daily or full. */
export function isExportName({ file, full }: Patterns): (name: string) => boolean {
  const patterns = [file, ...(full === undefined ? [] : [full])].map(matcher);
  return (name) => patterns.some((pattern) => pattern.test(name));
}

/**
 * Returns the files of an export in the order in which they must be read: by their day; within a day, by the time in
 * their names, or else when they were modified, if all files of the day have it; otherwise, a full file comes before the
 * daily file of its day. Other names are left out, and so are dates of more than one day in the future: such a file would
 * hide all later ones.
 */
export function exportFiles(
  entries: readonly FileEntry[],
  patterns: Patterns,
  now: Date = new Date(),
): ExportFile[] {
  const files = datedFiles(entries, patterns, now).filter(({ isFuture }) => !isFuture);
  const days = new Map<string, Dated[]>();
  for (const file of files) {
    const day = file.entry.day ?? UNKNOWN;
    days.set(day, [...(days.get(day) ?? []), file]);
  }
  return [...days.keys()]
    .sort()
    .flatMap((day) => sortedDay(days.get(day)!))
    .map(({ entry }) => entry);
}

/** Returns the files of an export that are not read because the date in their name is in the future. */
export function futureFiles(
  entries: readonly FileEntry[],
  patterns: Patterns,
  now: Date = new Date(),
): ExportFile[] {
  return datedFiles(entries, patterns, now)
    .filter(({ isFuture }) => isFuture)
    .map(({ entry }) => entry);
}

/** Whether the names of daily files have a date. */
export function hasDailyDate({ file }: Patterns): boolean {
  return patternParts(file)!.some((part) => typeof part === 'object' && 'date' in part);
}

function datedFiles(entries: readonly FileEntry[], { file, full }: Patterns, now: Date): Dated[] {
  const daily = matcher(file);
  const whole = full === undefined ? undefined : matcher(full);
  return entries.flatMap((entry) => {
    // A full file usually matches the pattern of daily files as well.
    const ofFull = whole?.exec(entry.name);
    const found = ofFull ?? daily.exec(entry.name);
    return found ? dated(entry, ofFull ? 'full' : 'daily', found.groups ?? {}, now) : [];
  });
}

/** A name with a date that does not exist is no file of the export. */
function dated(
  entry: FileEntry,
  kind: ExportFile['kind'],
  { yyyy, MM, dd, HH, mm = '00', ss = '00' }: Partial<Record<string, string>>,
  now: Date,
): Dated[] {
  if (yyyy === undefined) {
    const moment = entry.modified?.toISOString() ?? null;
    const day = moment?.slice(0, 10) ?? null;
    const digits = moment?.replace(/\D/g, '') ?? '';
    return [{ entry: { ...entry, kind, day }, moment: digits, hasTime: false, isFuture: false }];
  }
  const day = `${yyyy}-${MM}-${dd}`;
  const hour = HH ?? '00';
  const at = new Date(`${day}T${hour}:${mm}:${ss}Z`);
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== day) return [];
  const isFuture = at.getTime() > now.getTime() + DAY;
  const moment = `${yyyy}${MM}${dd}${hour}${mm}${ss}`;
  return [{ entry: { ...entry, kind, day }, moment, hasTime: HH !== undefined, isFuture }];
}

/** One rule for all files of a day, because an order of pairs could go in a circle. */
function sortedDay(files: Dated[]): Dated[] {
  const writtenAt = ({ entry: { modified } }: Dated) => modified?.toISOString() ?? '';
  const first = files.every(({ hasTime }) => hasTime)
    ? ({ moment }: Dated) => moment
    : files.every(({ entry }) => entry.modified)
      ? writtenAt
      : () => '';
  const keys = (file: Dated) => [
    first(file),
    file.entry.kind === 'full' ? '0' : '1',
    file.moment,
    file.entry.name,
  ];
  return files.sort((one, other) => compareKeys(keys(one), keys(other)));
}

function compareKeys(mine: string[], theirs: string[]): number {
  const index = mine.findIndex((key, i) => key !== theirs[i]);
  return index < 0 ? 0 : mine[index]! < theirs[index]! ? -1 : 1;
}

/** @param pattern of the configuration, which has checked it */
function matcher(pattern: string): RegExp {
  const parts = patternParts(pattern)!.map((part) => {
    if (part === 'any') return '.*';
    return 'date' in part ? digitsOf(part.date) : part.text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}
