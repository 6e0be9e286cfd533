import { dateOf, daysOf, isDay } from './calendar.ts';
import type { Converted, Converter } from './rejects.ts';
import type { Zone } from './zones.ts';

const MOMENT =
  /^(\d{4,})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?( BC)?$/i;

/** A parsed date or timestamp: a day or a local time, perhaps with an offset from UTC. */
interface Moment {
  /** The written time, in seconds since 1970-01-01 00:00. */
  seconds: number;
  hasTime: boolean;
  /** In seconds. */
  offset?: number;
}

/** The first day in Actito's formats, and the first day after them, in days since 1970-01-01. */
const [FIRST_DAY, END] = [daysOf(1, 1, 1), daysOf(10_000, 1, 1)];
const DAY = 86_400;

/**
 * DATE: `yyyy-MM-dd`. A day and the day of a local time are written unchanged. A time with an offset can be on another
 * day in the zone, so it is converted.
 */
export function toDateIn(zone: Zone | undefined): Converter {
  return (text) => {
    const moment = parseMoment(text);
    if ('reject' in moment) return moment;
    if (moment.offset === undefined) return asDate(moment.seconds);
    if (zone === undefined) return { reject: 'ValueZoneUnknown' };
    const utc = moment.seconds - moment.offset;
    return asDate(utc + zone.offsetAt(utc));
  };
}

/**
 * TIMESTAMP: `yyyy-MM-dd HH:mm:ss` in UTC, without fractions of a second. A local time is converted with the zone. A
 * day has no time, and becomes midnight without conversion.
 */
export function toTimestampIn(zone: Zone | undefined): Converter {
  return (text) => {
    const moment = parseMoment(text);
    if ('reject' in moment) return moment;
    if (moment.offset !== undefined) return asTimestamp(moment.seconds - moment.offset);
    if (!moment.hasTime) return asTimestamp(moment.seconds);
    if (zone === undefined) return { reject: 'ValueZoneUnknown' };
    const utc = zone.toUtc(moment.seconds);
    return utc === undefined ? { reject: 'ValueNotInZone' } : asTimestamp(utc);
  };
}

/** The text of a timestamp for people: as written, or in UTC if it has an offset. */
export const toTimestamp: Converter = (text) => {
  const moment = parseMoment(text);
  return 'reject' in moment ? moment : asTimestamp(moment.seconds - (moment.offset ?? 0));
};

/** Only years 1 to 9999: Actito's formats do not allow others, nor PostgreSQL's `infinity` and BC. */
function parseMoment(text: string): Moment | { reject: 'ValueNotADate' | 'ValueOutOfRange' } {
  const trimmed = text.trim();
  if (/^-?infinity$/i.test(trimmed)) return { reject: 'ValueOutOfRange' };
  const parts = MOMENT.exec(trimmed);
  if (!parts) return { reject: 'ValueNotADate' };
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as Six;
  if (parts[8] || year > 9999) return { reject: 'ValueOutOfRange' };
  // Not 24:00 either, which can mean the end of this day or of the next one.
  const offset = parts[7] === undefined ? undefined : offsetSeconds(parts[7]);
  if (!isDay(year, month, day) || hour > 23 || minute > 59 || second > 59 || offset === null) {
    return { reject: 'ValueNotADate' };
  }
  const days = daysOf(year, month, day);
  if (days < FIRST_DAY) return { reject: 'ValueOutOfRange' };
  const seconds = days * DAY + hour * 3_600 + minute * 60 + second;
  return { seconds, hasTime: parts[4] !== undefined, offset };
}

type Six = [number, number, number, number, number, number];

/** Returns the seconds east of UTC of `Z`, `+02`, `+0530` or `-03:00`; null for an impossible offset. */
function offsetSeconds(offset: string): number | null {
  if (/^z$/i.test(offset)) return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(':', ''));
  if (hours > 15 || minutes > 59) return null;
  return (offset.startsWith('-') ? -60 : 60) * (hours * 60 + minutes);
}

function asDate(seconds: number): Converted {
  const days = Math.floor(seconds / DAY);
  if (days < FIRST_DAY || days >= END) return { reject: 'ValueOutOfRange' };
  const digits = String(dateOf(days)).padStart(8, '0');
  return { value: `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}` };
}

function asTimestamp(seconds: number): Converted {
  const date = asDate(seconds);
  if ('reject' in date) return date;
  const time = seconds - Math.floor(seconds / DAY) * DAY;
  const parts = [Math.floor(time / 3_600), Math.floor(time / 60) % 60, time % 60];
  return { value: `${date.value} ${parts.map((part) => String(part).padStart(2, '0')).join(':')}` };
}
