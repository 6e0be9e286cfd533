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

/** Hours and minutes of the days on which all the rest holds; what is left out means every day, and minute 0. */
export interface Calendar {
  hour: number | number[];
  minute?: number | number[] | undefined;
  dayOfMonth?: number | number[] | undefined;
  dayOfWeek?: Day | Day[] | undefined;
  month?: Month | Month[] | undefined;
}

const FIELDS: readonly CronField[] = ['minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek'];
/** Numbers and names, alone, as ranges, with steps. Not what only croner knows (L, W, ?) or Temporal misreads (#). */
const FIELD =
  /^(\*|(\d+|[a-z]{3})(-(\d+|[a-z]{3}))?)(\/\d+)?(,(\*|(\d+|[a-z]{3})(-(\d+|[a-z]{3}))?)(\/\d+)?)*$/i;

/** For Temporal SUN is 0, so FRI-SUN ends before it begins; 5-7 does not. */
const BACKWARDS = /-sun/i;

/**
 * What a cron expression would have to be, or undefined when it is one. Croner judges the numbers; beyond that only
 * what Temporal reads in the same way is let through (tried with its server: `#` begins a comment, so that FRI#2 is
 * every Friday, and a day of the month *and* of the week must both hold where cron takes either).
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

/** True when a valid expression names no day that ever comes, such as 31 February. */
export function isNeverDue(text: string): boolean {
  return cron(text).nextRun(START) === null;
}

/** A moment to count from that is always the same: what is said about a schedule must not depend on today. */
export const START = new Date('2027-01-01T00:00:00Z');

/** An expression whose days must hold for the month and for the week, as Temporal takes them; in UTC. */
export function cron(pattern: string): Cron {
  return new Cron(pattern, { mode: '5-part', timezone: 'UTC', domAndDow: true });
}

/** A calendar as a cron expression, to be read by {@link cron}. */
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
