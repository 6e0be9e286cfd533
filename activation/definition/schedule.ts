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
    hour: number(0, 23)
      .describe('Hour, or a list of hours.')
      .meta({ title: 'number or list, 0 to 23', examples: [6] }),
    minute: number(0, 59)
      .optional()
      .describe('Minute, or a list of minutes. Default: 0.')
      .meta({ title: 'number or list, 0 to 59', examples: [30] }),
    dayOfMonth: number(1, 31)
      .optional()
      .describe('Day of the month, or a list of days. Default: every day.')
      .meta({ title: 'number or list, 1 to 31', examples: [1] }),
    dayOfWeek: oneOrMore(z.enum(DAYS), expected('oneOrMoreOf', { values: DAYS }))
      .optional()
      .describe('Day of the week, or a list of days. With dayOfMonth, both must match. Default: every day.')
      .meta({ title: 'name or list', examples: ['MONDAY'] }),
    month: oneOrMore(z.enum(MONTHS), expected('oneOrMoreOf', { values: MONTHS }))
      .optional()
      .describe('Month, or a list of months. Default: every month.')
      .meta({ title: 'name or list', examples: ['JANUARY'] }),
  })
  .refine((calendar) => !isNeverDue(calendarCron(calendar)), {
    error: expected('dayThatComes'),
    when: ({ issues }) => issues.length === 0,
  })
  .describe('Start at these times on the matching days. Give one of cron, every and calendar.');

const cronSchema = z
  .string()
  .superRefine((text, context) => {
    const problem = cronProblem(text);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  })
  .describe(
    'Five fields: minute, hour, day of month, month, day of week. Set a day of the month or a day of the week, not both. Give one of cron, every and calendar.',
  )
  .meta({ examples: ['0 6 * * MON-FRI'] });

const pauseAfter = z
  .union([z.literal('never'), duration], { error: expected('pauseAfter') })
  .prefault('6h')
  .describe(
    'If runs have failed for the same reason for this long, and retrying cannot fix it, the schedule tries only once an hour ' +
      'until a run ends differently.',
  )
  .meta({ title: 'duration or never', examples: ['12h'] });

const WAYS = ['cron', 'every', 'calendar'] as const;

/** When an activation runs automatically. */
export const scheduleSchema = z
  .strictObject({
    cron: cronSchema.optional(),
    timezone: timeZone
      .optional()
      .describe('Time zone of cron and calendar. Default: UTC.')
      .meta({ examples: ['Europe/Paris'] }),
    every: durationWithin('1m', '366d')
      .optional()
      .describe('Interval between two starts. Give one of cron, every and calendar.')
      .meta({ examples: ['15m'] }),
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
  .describe('When the activation runs automatically. Default: only when someone starts it.');

export type Schedule = z.infer<typeof scheduleSchema>;
export type { Calendar } from './cron.ts';
