import type { Converter } from './rejects.ts';

const MOMENT =
  /^(\d{4,})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?( BC)?$/i;

/** DATE: `yyyy-MM-dd`. A time is cut off, after conversion to UTC when it has an offset. */
export const toDate: Converter = (text) => {
  const moment = parseMoment(text);
  return 'reject' in moment ? moment : { value: datePart(moment.utc) };
};

/**
 * TIMESTAMP: `yyyy-MM-dd HH:mm:ss`. With an offset it is converted to UTC, without one it stays as it is written;
 * a date is its midnight; fractions of a second are cut.
 */
export const toTimestamp: Converter = (text) => {
  const moment = parseMoment(text);
  return 'reject' in moment
    ? moment
    : { value: `${datePart(moment.utc)} ${moment.utc.toISOString().slice(-13, -5)}` };
};

/** Years 1 to 9999 only: Actito's formats have no room for others, nor for PostgreSQL's `infinity` and BC. */
function parseMoment(text: string): { utc: Date } | { reject: 'ValueNotADate' | 'ValueOutOfRange' } {
  const trimmed = text.trim();
  if (/^-?infinity$/i.test(trimmed)) return { reject: 'ValueOutOfRange' };
  const parts = MOMENT.exec(trimmed);
  if (!parts) return { reject: 'ValueNotADate' };
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as Six;
  if (parts[8] || year > 9999) return { reject: 'ValueOutOfRange' };

  // Not Date.UTC: it takes the years 0 to 99 for 1900 to 1999.
  const utc = new Date(0);
  utc.setUTCFullYear(year, month - 1, day);
  const exists = utc.getUTCMonth() === month - 1 && utc.getUTCDate() === day;
  const offset = offsetMinutes(parts[7] ?? 'Z');
  if (!exists || hour > 23 || minute > 59 || second > 59 || offset === undefined) {
    return { reject: 'ValueNotADate' };
  }
  utc.setUTCHours(hour, minute - offset, second);
  const inRange = utc.getUTCFullYear() >= 1 && utc.getUTCFullYear() <= 9999;
  return inRange ? { utc } : { reject: 'ValueOutOfRange' };
}

type Six = [number, number, number, number, number, number];

/** Minutes east of UTC, of `Z`, `+02`, `+0530` or `-03:00`; undefined when no clock on Earth shows it. */
function offsetMinutes(offset: string): number | undefined {
  if (/^z$/i.test(offset)) return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(':', ''));
  if (hours > 15 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function datePart(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
