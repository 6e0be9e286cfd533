import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';
import { duration, durationWithin, timeZone } from './common.ts';
import { calendarCron, cronProblem, DAYS, isNeverDue, MONTHS } from './cron.ts';

/** One value, or several. */
function oneOrMore<T extends z.ZodType>(value: T, error: string) {
  return z.union([value, z.array(value).min(1)], { error });
}
const number = (least: number, most: number) =>
  oneOrMore(z.int().min(least).max(most), expected('numbers', { least, most }));

const calendarSchema = z
  .strictObject({
    hour: number(0, 23).describe('An hour, or a list of them.'),
    minute: number(0, 59).optional().describe('A minute, or a list of them; default 0, the full hour.'),
    dayOfMonth: number(1, 31)
      .optional()
      .describe('A day of the month, or a list of them; default every day.'),
    dayOfWeek: oneOrMore(z.enum(DAYS), expected('oneOrMoreOf', { values: DAYS }))
      .optional()
      .describe('MONDAY, or a list of days; default every day. With dayOfMonth: days on which both hold.'),
    month: oneOrMore(z.enum(MONTHS), expected('oneOrMoreOf', { values: MONTHS }))
      .optional()
      .describe('JANUARY, or a list of months; default every month.'),
  })
  .refine((calendar) => !isNeverDue(calendarCron(calendar)), {
    error: expected('dayThatComes'),
    when: ({ issues }) => issues.length === 0,
  })
  .describe('When on the calendar: the hours and minutes of the days on which all the rest holds.');

const cronSchema = z
  .string()
  .superRefine((text, context) => {
    const problem = cronProblem(text);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  })
  .describe('Five fields: minute, hour, day of month, month, day of week; e.g. 0 6 * * MON-FRI.');

const pauseAfter = z
  .union([z.literal('never'), duration], { error: expected('pauseAfter') })
  .prefault('6h')
  .describe(
    'When runs have failed for the same reason for so long, and waiting cannot mend it, the schedule tries only once an hour until ' +
      'a run ends otherwise; or never. Default: 6h.',
  );

const WAYS = ['cron', 'every', 'calendar'] as const;

/** When an activation runs by itself. */
export const scheduleSchema = z
  .strictObject({
    cron: cronSchema.optional(),
    timezone: timeZone.optional().describe('For cron and calendar, e.g. Europe/Paris; default UTC.'),
    every: durationWithin('1m', '366d').optional().describe('An interval such as 15m or 1 day, from 1m on.'),
    calendar: calendarSchema.optional(),
    pauseAfter,
  })
  .refine((value) => WAYS.filter((way) => value[way] !== undefined).length === 1, {
    error: expected('wayOfSchedule'),
  })
  .refine((value) => value.every === undefined || value.timezone === undefined, {
    path: ['timezone'],
    error: expected('noTimeZone'),
  })
  .describe('When the activation runs by itself; without it, only when started.');

export type Schedule = z.infer<typeof scheduleSchema>;
export type { Calendar } from './cron.ts';
