import { counted } from '../contract/messages/words.ts';
import ms from 'ms';

/** Formats a time to the minute in UTC, e.g. `2026-01-31T06:00Z`; `–` for null. */
export function minute(moment: Date | null): string {
  return moment === null ? '–' : `${moment.toISOString().slice(0, 16)}Z`;
}

/** Returns `in 2 days`, or that the time has passed. */
export function inWords(moment: string, now = Date.now()): string {
  const left = Date.parse(moment) - now;
  return left > 0 ? `in ${ms(left, { long: true })}` : 'already';
}

const UNITS = ['kB', 'MB', 'GB'];

/** Formats a number of bytes: `812 bytes`, `23 kB`, `1.4 MB`. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1_000) return counted(bytes, 'byte');
  let [size, unit] = [bytes / 1_000, 0];
  for (; size >= 999.5 && unit < UNITS.length - 1; unit++) size /= 1_000;
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}
