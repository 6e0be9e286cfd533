import {
  DAYS_OF_WEEK,
  MONTHS,
  ScheduleOverlapPolicy,
  type CalendarSpecDescription,
  type ScheduleOptions,
  type ScheduleSpec,
  type ScheduleSpecDescription,
} from '@temporalio/client';
import { cronProblem } from '../activation/definition/cron.ts';
import { longestGap } from '../activation/definition/longest-gap.ts';
import type { Calendar, Schedule } from '../activation/definition/schedule.ts';
import { PROJECT_MEMO, SCHEDULE_PREFIX, type Owner } from '../activation/schedule-owner.ts';
import { workflowId, WORKFLOW_TYPE } from '../contract/names.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/**
 * The maximum catch-up window. A schedule can be due on one day in four years; people should decide about a later
 * start.
 */
const LONGEST_WINDOW = 366 * DAY;

/** An activation with the schedule that Temporal should have. */
export interface Scheduled {
  id: string;
  schedule: Schedule;
}

/** The wanted schedule: only the parts that we control. */
export type WantedSchedule = ScheduleOptions & Required<Pick<ScheduleOptions, 'policies'>>;

/**
 * Builds the schedule of an activation. Its only argument is the activation's name, because the schedule stores its
 * arguments permanently. Each run reads everything else.
 */
export function wantedSchedule({ id, schedule }: Scheduled, { project, taskQueue }: Owner): WantedSchedule {
  return {
    scheduleId: `${SCHEDULE_PREFIX}${id}`,
    memo: { [PROJECT_MEMO]: project },
    spec: { ...timesSpec(schedule), jitter: longestJitter(schedule) },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW_TYPE,
      workflowId: workflowId({ activation: id }), // Temporal appends the time
      taskQueue,
      staticSummary: `Scheduled run of ${id}`,
      args: [{ activation: id }],
    },
    policies: {
      overlap: ScheduleOverlapPolicy.SKIP,
      catchupWindow: catchupWindow(schedule),
      pauseOnFailure: false,
    },
  };
}

/**
 * Returns the longest delay of a start in milliseconds. Temporal derives each delay from the time and the schedule's
 * id, which contains the activation's name. Activations of the same hour therefore begin at different times, and a
 * recreated schedule has the same delays.
 */
function longestJitter({ every }: Schedule): number {
  return every === undefined ? MINUTE : Math.floor(Math.min(every / 10, 5 * MINUTE));
}

/**
 * Returns the longest delay in milliseconds after which a start is still made up after an outage: until the next one is
 * due, so that none is lost. Several missed starts become one, because a start during a run is skipped. The additional
 * hour covers clock changes.
 */
function catchupWindow(schedule: Schedule): number {
  // Temporal decides which cron expressions are valid, so an expression that we cannot parse is passed on.
  if (schedule.cron !== undefined && cronProblem(schedule.cron) !== undefined) return DAY;
  const more = schedule.every === undefined ? HOUR : 0;
  return Math.min(longestGap(schedule) + more, LONGEST_WINDOW);
}

/** Converts the times of a schedule to Temporal's format. */
function timesSpec({ cron, timezone, every, calendar }: Schedule): ScheduleSpec {
  if (every !== undefined) return { intervals: [{ every }] };
  if (calendar) return { calendars: [calendar], timezone };
  // Temporal stores only the meaning of an expression and its comment, so the comment repeats the expression.
  return { cronExpressions: [`${cron} # ${cron}`], timezone };
}

/** Describes the times of a schedule in words; equal times have equal words. */
export function timesInWords({ cron, every, calendar }: Schedule): string {
  if (every !== undefined) return `every ${exactly(every)}`;
  return calendar ? calendarInWords(calendar) : cron!.trim();
}

/** Describes the times of a schedule in Temporal in the words of an equal schedule in the project folder. */
export function foundTimesInWords({ calendars = [], intervals = [] }: ScheduleSpecDescription): string {
  const times = [
    ...intervals.map(
      ({ every, offset }) => `every ${exactly(every)}${offset ? ` and ${exactly(offset)} later` : ''}`,
    ),
    ...calendars.map((calendar) => calendar.comment || foundCalendarInWords(calendar)),
  ];
  return times.join(' and ') || 'never';
}

const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Formats milliseconds as a setting, e.g. `90m`: exactly, whereas `ms()` would round to `2h`. */
export function exactly(milliseconds: number): string {
  const [unit, size] = Object.entries(UNITS).find(([, size]) => milliseconds % size === 0) ?? ['ms', 1];
  return `${milliseconds / size}${unit}`;
}

const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** The parts of a calendar: all values in order, and those of an omitted part. */
const PARTS: Record<Part, { values: readonly Value[]; leftOut: readonly Value[] }> = {
  month: { values: MONTHS, leftOut: MONTHS },
  dayOfMonth: { values: upTo(1, 31), leftOut: upTo(1, 31) },
  dayOfWeek: { values: DAYS_OF_WEEK, leftOut: DAYS_OF_WEEK },
  hour: { values: upTo(0, 23), leftOut: [] },
  minute: { values: upTo(0, 59), leftOut: [0] },
  second: { values: upTo(0, 59), leftOut: [0] },
};
type Part = 'month' | 'dayOfMonth' | 'dayOfWeek' | 'hour' | 'minute' | 'second';
type Value = string | number;

/** Describes a calendar as the project folder would write it; equal times have equal words. */
function calendarInWords(calendar: Calendar): string {
  return calendarWords((part) => {
    const value = (calendar as Partial<Record<Part, Value | Value[]>>)[part];
    return value === undefined ? undefined : [value].flat();
  });
}

/** Describes a calendar of Temporal in the words of an equal one in the project folder. */
function foundCalendarInWords(found: CalendarSpecDescription): string {
  const inWords = calendarWords((part) => {
    const ranges = found[part] ?? [];
    const { values } = PARTS[part];
    const taken = ranges.flatMap(({ start, end, step }) => {
      const [first, last] = [values.indexOf(start), values.indexOf(end)];
      return values.filter((_, i) => i >= first && i <= last && (i - first) % step === 0);
    });
    return taken.length === 0 ? undefined : taken;
  });
  const isEveryYear = !found.year || found.year.length === 0;
  return isEveryYear ? inWords : `${inWords} in some years only`;
}

function calendarWords(valuesOf: (part: Part) => readonly Value[] | undefined): string {
  const parts = (Object.keys(PARTS) as Part[]).flatMap((part) => {
    const { values, leftOut } = PARTS[part];
    const taken = new Set(valuesOf(part) ?? leftOut);
    if (taken.size === leftOut.length && leftOut.every((value) => taken.has(value))) return [];
    const list = values.filter((value) => taken.has(value));
    return [`${part}: ${list.length === 1 ? list[0] : `[${list.join(', ')}]`}`];
  });
  return `{ ${parts.join(', ')} }`;
}
