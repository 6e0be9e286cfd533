import { patternParts, type Profiles } from '../../activation/definition/profiles.ts';
import type { FileEntry } from '../delivery/file-server.ts';

/** A file of the export, daily or full. `day` (yyyy-MM-dd) is that of its name, or else when it was modified, in UTC. */
export type ExportFile = FileEntry & { kind: 'daily' | 'full'; day: string | null };

type Patterns = Pick<Profiles['export'], 'file' | 'full'>;

/** Digits of each part of a date; years are four digits. */
const DIGITS = (name: string) => `(?<${name}>\\d{${name.length}})`;
const DAY = 24 * 60 * 60 * 1000;

interface Dated {
  entry: ExportFile;
  /** The point in time in the name or of the last change, as digits; compares as text. */
  moment: string;
  isFuture: boolean;
}

/**
 * Returns the files of an export in the order in which they must be read: by their day, a full file before the daily file
 * of its day, then by time and name. Other names are left out, and so are dates of more than one day in the future: such
 * a file would hide all later ones.
 */
export function exportFiles(
  entries: readonly FileEntry[],
  patterns: Patterns,
  now: Date = new Date(),
): ExportFile[] {
  return datedFiles(entries, patterns, now)
    .filter(({ isFuture }) => !isFuture)
    .sort(byOrder)
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
  { yyyy, MM, dd, HH = '00', mm = '00', ss = '00' }: Partial<Record<string, string>>,
  now: Date,
): Dated[] {
  if (yyyy === undefined) {
    const moment = entry.modified?.toISOString() ?? null;
    const day = moment?.slice(0, 10) ?? null;
    return [{ entry: { ...entry, kind, day }, moment: moment?.replace(/\D/g, '') ?? '', isFuture: false }];
  }
  const day = `${yyyy}-${MM}-${dd}`;
  const at = new Date(`${day}T${HH}:${mm}:${ss}Z`);
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== day) return [];
  const isFuture = at.getTime() > now.getTime() + DAY;
  return [{ entry: { ...entry, kind, day }, moment: `${yyyy}${MM}${dd}${HH}${mm}${ss}`, isFuture }];
}

/** Files of an unknown day come last. */
function byOrder(one: Dated, other: Dated): number {
  const keys = ({ entry: { day, kind, name }, moment }: Dated) => [
    day ?? '~',
    kind === 'full' ? '0' : '1',
    moment,
    name,
  ];
  const [mine, theirs] = [keys(one), keys(other)];
  const index = mine.findIndex((key, i) => key !== theirs[i]);
  return index < 0 ? 0 : mine[index]! < theirs[index]! ? -1 : 1;
}

/** @param pattern of the configuration, which has checked it */
function matcher(pattern: string): RegExp {
  const parts = patternParts(pattern)!.map((part) => {
    if (part === 'any') return '.*';
    return 'date' in part ? DIGITS(part.date) : part.text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}
