import { ScheduleOverlapPolicy, type ScheduleOptions } from '@temporalio/client';
import { cronProblem } from '../../activation/definition/cron.ts';
import { longestGap } from '../../activation/definition/longest-gap.ts';
import type { Schedule } from '../../activation/definition/schedule.ts';
import { SCHEDULE_PREFIX } from '../../activation/schedule-owner.ts';
import { workflowId, WORKFLOW_TYPE } from '../../contract/names.ts';
import { PROJECT_MEMO, type Owner } from './owner.ts';
import { timesSpec } from './times.ts';

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
