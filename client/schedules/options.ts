import { ScheduleOverlapPolicy, type ScheduleOptions } from '@temporalio/client';
import type { Schedule } from '../../activation/definition/schedule.ts';
import { SCHEDULE_PREFIX } from '../../activation/schedule-owner.ts';
import { workflowId, WORKFLOW_TYPE } from '../../contract/names.ts';
import { PROJECT_MEMO, type Owner } from './owner.ts';
import { timesSpec } from './times.ts';

const MINUTE = 60_000;
/** After an outage a run that is this late is still started; later, the next one is near. */
const CATCHUP_WINDOW = 60 * MINUTE;

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
      catchupWindow: CATCHUP_WINDOW,
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
