import { toMoment } from '../clock.ts';
import { html, type Html } from './html.ts';

const numbers = new Intl.NumberFormat('en');
const moments = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
});

/** 1234567 → 1,234,567 */
export function grouped(number: number): string {
  return numbers.format(number);
}

/** 1, profile → 1 profile; 2,000, profile → 2,000 profiles */
export function counted(number: number, singular: string): string {
  return `${grouped(number)} ${singular}${number === 1 ? '' : 's'}`;
}

/** Formats a time for people, in UTC, with the exact time for machines. */
export function moment(milliseconds: number): Html {
  return html`<time datetime="${toMoment(milliseconds)}">${moments.format(milliseconds)} UTC</time>`;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** Formats a duration with its two largest units: 1 day 23 hours, 3 hours, less than a minute. Never rounds up. */
export function duration(milliseconds: number): string {
  const first = UNITS.findIndex(([, size]) => milliseconds >= size);
  if (first === -1) return 'less than a minute';
  let rest = milliseconds;
  const counts = UNITS.slice(first, first + 2).map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 && counted(count, unit);
  });
  return counts.filter(Boolean).join(' ');
}
