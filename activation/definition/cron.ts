import { Cron } from 'croner';
import { expected, type CronField } from '../../contract/messages/expected.ts';

export const DAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;
export const MONTHS = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
] as const;

type Day = (typeof DAYS)[number];
type Month = (typeof MONTHS)[number];

/** Hours and minutes of the matching days; a field that is left out means every day, and minute 0. */
export interface Calendar {
  hour: number | number[];
  minute?: number | number[] | undefined;
  dayOfMonth?: number | number[] | undefined;
  dayOfWeek?: Day | Day[] | undefined;
  month?: Month | Month[] | undefined;
}

const FIELDS: readonly CronField[] = ['minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek'];
/**
 * Numbers and names, alone, as ranges, or with steps. Characters that only croner supports (L, W, ?), or that Temporal
 * reads differently (#), are not allowed.
 */
const FIELD =
  /^(\*|(\d+|[a-z]{3})(-(\d+|[a-z]{3}))?)(\/\d+)?(,(\*|(\d+|[a-z]{3})(-(\d+|[a-z]{3}))?)(\/\d+)?)*$/i;

/** For Temporal, SUN is 0, so FRI-SUN ends before it begins; 5-7 does not. */
const BACKWARDS = /-sun/i;

/**
 * Returns what a cron expression should be, or undefined if it is valid. Croner checks the numbers. Of the rest, only
 * what Temporal reads in the same way is allowed (tested with its server: `#` begins a comment, so FRI#2 is every
 * Friday, and a day of the month *and* of the week must both match, while cron accepts either).
 */
export function cronProblem(text: string): string | undefined {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) return expected('cronFields');
  for (const [index, field] of FIELDS.entries()) {
    const alone = FIELDS.map((_, other) => (other === index ? fields[index] : '*')).join(' ');
    if (!FIELD.test(fields[index]!) || BACKWARDS.test(fields[index]!) || !isReadable(alone)) {
      return expected('cronField', { field });
    }
  }
  if (fields[2] !== '*' && fields[4] !== '*') return expected('cronOfOneDay');
  return isNeverDue(text) ? expected('cronThatComes') : undefined;
}

function isReadable(pattern: string): boolean {
  try {
    return Boolean(cron(pattern));
  } catch {
    return false;
  }
}

/** True if a valid expression never matches a day, such as 31 February. */
export function isNeverDue(text: string): boolean {
  return cron(text).nextRun(START) === null;
}

/** A fixed time to count from: messages about a schedule must not depend on today. */
export const START = new Date('2027-01-01T00:00:00Z');

/** An expression whose days must match both month and week, as in Temporal; in UTC. */
export function cron(pattern: string): Cron {
  return new Cron(pattern, { mode: '5-part', timezone: 'UTC', domAndDow: true });
}

/** Converts a calendar to a cron expression for {@link cron}. */
export function calendarCron({ minute = 0, hour, dayOfMonth, month, dayOfWeek }: Calendar): string {
  const field = <T>(values: T | T[] | undefined, number: (value: T) => number | string) =>
    values === undefined
      ? '*'
      : [values]
          .flat()
          .map((value) => number(value as T))
          .join(',');
  return [
    field(minute, String),
    field(hour, String),
    field(dayOfMonth, String),
    field(month, (name) => MONTHS.indexOf(name) + 1),
    field(dayOfWeek, (name) => DAYS.indexOf(name)),
  ].join(' ');
}
