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
/** Of a schedule for one day in four years, a start that is later than this is better decided by people. */
const LONGEST_WINDOW = 366 * DAY;

/** An activation whose schedule is to be in Temporal. */
export interface Scheduled {
  id: string;
  schedule: Schedule;
}

/** A schedule as it is to be: nothing but what we decide about it. */
export type WantedSchedule = ScheduleOptions & Required<Pick<ScheduleOptions, 'policies'>>;

/**
 * The schedule of an activation. Its argument is the activation's name alone: arguments are frozen in the schedule,
 * everything else is read by each run.
 */
export function wantedSchedule({ id, schedule }: Scheduled, { project, taskQueue }: Owner): WantedSchedule {
  return {
    scheduleId: `${SCHEDULE_PREFIX}${id}`,
    memo: { [PROJECT_MEMO]: project },
    spec: { ...timesSpec(schedule), jitter: longestJitter(schedule) },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW_TYPE,
      workflowId: workflowId({ activation: id }), // to which Temporal appends the time
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
 * The longest delay of a start, in milliseconds. Temporal derives each delay from the schedule's id, so from the
 * activation's name, and from the time: activations of the same hour do not all begin at once, and a schedule that is
 * made anew begins when the old one would have.
 */
function longestJitter({ every }: Schedule): number {
  return every === undefined ? MINUTE : Math.floor(Math.min(every / 10, 5 * MINUTE));
}

/**
 * How late a start that an outage delayed is still made, in milliseconds: until the next one is due, so that none is lost.
 * Several that were missed become one, as a start during a run is skipped. The hour more is that of summer time.
 */
function catchupWindow(schedule: Schedule): number {
  // Temporal has the last word on cron expressions, so one that is not ours to read gets as far as there.
  if (schedule.cron !== undefined && cronProblem(schedule.cron) !== undefined) return DAY;
  const more = schedule.every === undefined ? HOUR : 0;
  return Math.min(longestGap(schedule) + more, LONGEST_WINDOW);
}

/** When an activation starts by itself, as Temporal takes it. */
function timesSpec({ cron, timezone, every, calendar }: Schedule): ScheduleSpec {
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

const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds as a setting takes them, e.g. `90m`: exact, where `ms()` would round to `2h`. */
export function exactly(milliseconds: number): string {
  const [unit, size] = Object.entries(UNITS).find(([, size]) => milliseconds % size === 0) ?? ['ms', 1];
  return `${milliseconds / size}${unit}`;
}

const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** The parts of a calendar: all their values in order, and those that are meant when the part is left out. */
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

/** A calendar of the project folder, as it could stand there; the same words for the same times. */
function calendarInWords(calendar: Calendar): string {
  return calendarWords((part) => {
    const value = (calendar as Partial<Record<Part, Value | Value[]>>)[part];
    return value === undefined ? undefined : [value].flat();
  });
}

/** A calendar that Temporal has, in the words that one of the project folder would have. */
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
