import { dateOf, daysOf } from './calendar.ts';
import { copy, isDigit, twoDigits, UNDECIDED, type FastWriter } from './fast.ts';
import type { Zone } from './zones.ts';

/* The fast path of dates and timestamps: see fast.ts. */

const [SPACE, PLUS, HYPHEN, DOT, ZERO, COLON] = [0x20, 0x2b, 0x2d, 0x2e, 0x30, 0x3a];
const MIDNIGHT = Buffer.from(' 00:00:00');
const DAY = 86_400;
const DATE_LENGTH = '2026-01-31'.length;
const TIMESTAMP_LENGTH = '2026-01-31 10:20:30'.length;
/** The number of days of each month in every year. */
const DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Times that certainly have a year of four digits in all zones. */
const [EARLIEST, LATEST] = [daysOf(1, 1, 3) * DAY, daysOf(9999, 12, 29) * DAY];

/** The form of a time: uncertain, a day, a local time, or a time in UTC. */
const [UNSURE, DATE, LOCAL, UTC] = [0, 1, 2, 3];

/** Writes a day unchanged, and a timestamp as its day in a time zone, if there is one. */
export function dateWriter(zone: Zone | undefined): FastWriter {
  return (from, start, end, to, at) => {
    const form = formOf(from, start, end);
    if (form === DATE || form === LOCAL) return copy(from, start, start + DATE_LENGTH, to, at);
    if (form !== UTC || zone === undefined) return UNDECIDED;
    const utc = secondsOf(from, start);
    if (utc < EARLIEST || utc > LATEST) return UNDECIDED;
    return writeDay(Math.floor((utc + zone.offsetAt(utc)) / DAY), to, at);
  };
}

/** Writes UTC. A local time is converted with its zone, if known. */
export function timestampWriter(zone: Zone | undefined): FastWriter {
  return (from, start, end, to, at) => {
    const form = formOf(from, start, end);
    if (form === UTC) return copy(from, start, start + TIMESTAMP_LENGTH, to, at);
    if (form === DATE) return writeMidnight(from, start, to, at);
    if (form !== LOCAL || zone === undefined) return UNDECIDED;
    const local = secondsOf(from, start);
    if (local < EARLIEST || local > LATEST) return UNDECIDED;
    const utc = zone.toUtc(local);
    if (utc === undefined) return UNDECIDED;
    const days = Math.floor(utc / DAY);
    return writeTime(utc - days * DAY, to, writeDay(days, to, at));
  };
}

/** Writes a timestamp unchanged, without the fraction of a second. */
export const writeTimestamp: FastWriter = (from, start, end, to, at) => {
  const form = formOf(from, start, end);
  if (form === UNSURE) return UNDECIDED;
  return form === DATE
    ? writeMidnight(from, start, to, at)
    : copy(from, start, start + TIMESTAMP_LENGTH, to, at);
};

function writeMidnight(from: Buffer, start: number, to: Buffer, at: number): number {
  return copy(MIDNIGHT, 0, MIDNIGHT.length, to, copy(from, start, start + DATE_LENGTH, to, at));
}

function writeDay(days: number, to: Buffer, at: number): number {
  const date = dateOf(days);
  const year = Math.floor(date / 10_000);
  write2(Math.floor(year / 100), to, at);
  write2(year % 100, to, at + 2);
  to[at + 4] = HYPHEN;
  write2(Math.floor(date / 100) % 100, to, at + 5);
  to[at + 7] = HYPHEN;
  write2(date % 100, to, at + 8);
  return at + DATE_LENGTH;
}

function writeTime(seconds: number, to: Buffer, at: number): number {
  to[at] = SPACE;
  write2(Math.floor(seconds / 3_600), to, at + 1);
  to[at + 3] = COLON;
  write2(Math.floor(seconds / 60) % 60, to, at + 4);
  to[at + 6] = COLON;
  write2(seconds % 60, to, at + 7);
  return at + TIMESTAMP_LENGTH - DATE_LENGTH;
}

function write2(number: number, to: Buffer, at: number): void {
  to[at] = ZERO + Math.floor(number / 10);
  to[at + 1] = ZERO + (number % 10);
}

function formOf(bytes: Buffer, start: number, end: number): number {
  if (end - start < DATE_LENGTH || !isDate(bytes, start)) return UNSURE;
  if (end - start === DATE_LENGTH) return DATE;
  if (end - start < TIMESTAMP_LENGTH || bytes[start + DATE_LENGTH] !== SPACE || !isTime(bytes, start + 11))
    return UNSURE;
  let i = start + TIMESTAMP_LENGTH;
  if (i < end && bytes[i] === DOT) {
    const first = ++i;
    while (i < end && isDigit(bytes[i]!)) i++;
    if (i === first) return UNSURE;
  }
  if (i === end) return LOCAL;
  return end - i === 3 && bytes[i] === PLUS && twoDigits(bytes, i + 1) === 0 ? UTC : UNSURE;
}

/** Returns the seconds of a valid date and time, as if it were UTC. */
function secondsOf(bytes: Buffer, at: number): number {
  const year = twoDigits(bytes, at) * 100 + twoDigits(bytes, at + 2);
  const days = daysOf(year, twoDigits(bytes, at + 5), twoDigits(bytes, at + 8));
  const [hour, minute, second] = [at + 11, at + 14, at + 17];
  return (
    days * DAY + twoDigits(bytes, hour) * 3_600 + twoDigits(bytes, minute) * 60 + twoDigits(bytes, second)
  );
}

function isDate(bytes: Buffer, at: number): boolean {
  if (bytes[at + 4] !== HYPHEN || bytes[at + 7] !== HYPHEN) return false;
  const century = twoDigits(bytes, at);
  const year = twoDigits(bytes, at + 2);
  const month = twoDigits(bytes, at + 5);
  const day = twoDigits(bytes, at + 8);
  if (century < 0 || year < 0 || century + year === 0) return false;
  return month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month]!;
}

function isTime(bytes: Buffer, at: number): boolean {
  return (
    isBelow(24, bytes, at) &&
    bytes[at + 2] === COLON &&
    isBelow(60, bytes, at + 3) &&
    bytes[at + 5] === COLON &&
    isBelow(60, bytes, at + 6)
  );
}

function isBelow(limit: number, bytes: Buffer, at: number): boolean {
  const number = twoDigits(bytes, at);
  return number >= 0 && number < limit;
}
