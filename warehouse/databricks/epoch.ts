import { areDigits, writeUtc } from '../copy/conversions.ts';

const [DASH, DOT, ZERO, COLON] = [45, 46, 48, 58];
const MICROSECONDS = 6;
const SECOND = 1_000_000;
const DAY = 86_400;
/** Of year 1, and the last one that JavaScript has a date for, in days since 1970. */
const [FIRST_DAY, LAST_DAY] = [-719_162, 100_000_000];
/** The texts of days since 1970, such as `2026-01-31 `, for each day that occurred; a segment has few of them. */
const days = new Map<number, Buffer>();
const MOST_DAYS = 100_000;

/**
 * A moment as its microseconds since 1970, which becomes the text of a timestamptz. A number of JavaScript has not enough
 * digits for the moments of all years, so the seconds are read apart from their fraction.
 */
export function microseconds(bytes: Buffer, start: number, end: number): number {
  const isNegative = bytes[start] === DASH;
  const first = isNegative ? start + 1 : start;
  const point = Math.max(first, end - MICROSECONDS);
  if (!areDigits(bytes, first, end)) return end;
  let seconds = numberIn(bytes, first, point);
  let fraction = numberIn(bytes, point, end);
  if (isNegative) {
    seconds = fraction > 0 ? -seconds - 1 : -seconds;
    fraction = fraction > 0 ? SECOND - fraction : 0;
  }
  const day = Math.floor(seconds / DAY);
  if (day < FIRST_DAY || day > LAST_DAY) return end;
  const time = (seconds - day * DAY) | 0;
  let at = writeDay(bytes, start, day | 0);
  at = writeNumber(bytes, at, 2, (time / 3600) | 0);
  bytes[at] = COLON;
  at = writeNumber(bytes, at + 1, 2, ((time / 60) | 0) % 60);
  bytes[at] = COLON;
  at = writeNumber(bytes, at + 1, 2, time % 60);
  if (fraction > 0) {
    bytes[at] = DOT;
    at = writeNumber(bytes, at + 1, MICROSECONDS, fraction);
    while (bytes[at - 1] === ZERO) at -= 1;
  }
  return writeUtc(bytes, at);
}

function numberIn(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = 10 * value + bytes[at]! - ZERO;
  return value;
}

/** Writes an integer with zeros before it. */
function writeNumber(bytes: Buffer, at: number, digits: number, value: number): number {
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    bytes[i] = ZERO + (rest % 10);
    rest = (rest / 10) | 0;
  }
  return at + digits;
}

/** Writes the date of a day and a space. Years beyond 9999 have no sign here. */
function writeDay(bytes: Buffer, at: number, day: number): number {
  const text = days.get(day) ?? textOfDay(day);
  for (let i = 0; i < text.length; i++) bytes[at + i] = text[i]!;
  return at + text.length;
}

function textOfDay(day: number): Buffer {
  const date = new Date(day * DAY * 1_000);
  const part = (value: number, length: number) => String(value).padStart(length, '0');
  const year = part(date.getUTCFullYear(), 4);
  const text = Buffer.from(`${year}-${part(date.getUTCMonth() + 1, 2)}-${part(date.getUTCDate(), 2)} `);
  if (days.size < MOST_DAYS) days.set(day, text);
  return text;
}
