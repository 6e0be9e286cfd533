import type { ScheduleSpec, ScheduleSpecDescription } from '@temporalio/client';
import type { Schedule } from '../../activation/definition/schedule.ts';
import { exactly } from '../output/durations.ts';
import { calendarInWords, foundCalendarInWords } from './calendar.ts';

/** When an activation starts by itself, as Temporal takes it. */
export function timesSpec({ cron, timezone, every, calendar }: Schedule): ScheduleSpec {
  if (every !== undefined) return { intervals: [{ every }] };
  if (calendar) return { calendars: [calendar], timezone };
  // Temporal keeps of an expression only what it means, and the comment: so the comment is the expression itself.
  return { cronExpressions: [`${cron} # ${cron}`], timezone };
}

/** When an activation starts by itself, in words; the same words for the same times. */
export function timesInWords({ cron, every, calendar }: Schedule): string {
  if (every !== undefined) return `every ${exactly(every)}`;
  return calendar ? calendarInWords(calendar) : cron!.trim();
}

/** When a schedule in Temporal starts, in the words that the same schedule of the project folder would have. */
export function foundTimesInWords({ calendars = [], intervals = [] }: ScheduleSpecDescription): string {
  const times = [
    ...intervals.map(
      ({ every, offset }) => `every ${exactly(every)}${offset ? ` and ${exactly(offset)} later` : ''}`,
    ),
    ...calendars.map((calendar) => calendar.comment || foundCalendarInWords(calendar)),
  ];
  return times.join(' and ') || 'never';
}
