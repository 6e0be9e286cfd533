import { z } from 'zod';
import { duration } from './common.ts';

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

const DAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;
const MONTHS = 'JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER'.split(
  ' ',
) as [string, ...string[]];

/** One value, or several. */
function oneOrMore<T extends z.ZodType>(value: T, error: string) {
  return z.union([value, z.array(value).min(1)], { error });
}
const number = (least: number, most: number) =>
  oneOrMore(z.int().min(least).max(most), `a number from ${least} to ${most}, or a list of them`).optional();

/** When on the calendar; what is left out means every day, every month, and the full hour. */
const calendarSchema = z.strictObject({
  hour: number(0, 23),
  minute: number(0, 59),
  dayOfMonth: number(1, 31),
  dayOfWeek: oneOrMore(z.enum(DAYS), `${DAYS.join(', ')}, or a list of them`).optional(),
  month: oneOrMore(z.enum(MONTHS), `${MONTHS.join(', ')}, or a list of them`).optional(),
});

const WAYS = ['cron', 'every', 'calendar'] as const;

/** When an activation runs by itself. */
export const scheduleSchema = z
  .strictObject({
    /** Five fields, e.g. `0 6 * * *`. */
    cron: z.string().min(1).optional(),
    /** For cron and calendar; default UTC. */
    timezone: z.string().refine(isTimeZone, { error: 'a time zone such as Europe/Paris' }).optional(),
    every: duration.optional(),
    calendar: calendarSchema.optional(),
  })
  .refine((value) => WAYS.filter((way) => value[way] !== undefined).length === 1, {
    error: 'either cron, every or calendar, one of the three',
  });

export type Schedule = z.infer<typeof scheduleSchema>;
export type Calendar = z.infer<typeof calendarSchema>;
