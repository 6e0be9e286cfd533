import { ScheduleOverlapPolicy, type ScheduleOptions } from '@temporalio/client';
import type { Schedule } from '../../activation/definition/activation.ts';
import { TASK_QUEUE, workflowId, WORKFLOW_TYPE } from '../../workflows/contract.ts';

const MINUTE = 60_000;
/** After an outage a run that is this late is still started; later, the next one is near. */
const CATCHUP_WINDOW = 60 * MINUTE;

/** An activation whose schedule is to be in Temporal. */
export interface Scheduled {
  id: string;
  schedule: Schedule;
}

export const SCHEDULE_PREFIX = 'activation/';

/**
 * The schedule of an activation. Its argument is the activation's name alone: arguments are frozen in the schedule,
 * everything else is read by each run.
 */
export function scheduleOptions({ id, schedule }: Scheduled, taskQueue = TASK_QUEUE): ScheduleOptions {
  return {
    scheduleId: `${SCHEDULE_PREFIX}${id}`,
    spec: { ...times(schedule), jitter: jitter(schedule) },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW_TYPE,
      workflowId: workflowId({ activation: id, dryRun: false }), // to which Temporal appends the time
      taskQueue,
      args: [{ activation: id }],
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCHUP_WINDOW },
  };
}

function times({
  cron,
  timezone,
  every,
}: Schedule): Pick<ScheduleOptions['spec'], 'intervals' | 'cronExpressions' | 'timezone'> {
  if (every !== undefined) return { intervals: [{ every }] };
  // Temporal keeps of an expression only what it means, and the comment: so the comment is the expression itself.
  const expression = cron!.split('#')[0]!.trim();
  return { cronExpressions: [`${expression} # ${expression}`], timezone };
}

/**
 * The longest delay of a start, in milliseconds. Temporal derives each delay from the schedule's id and the time, so
 * activations of the same hour do not all begin at once, and each begins when it did in the last plan.
 */
function jitter({ every }: Schedule): number {
  return every === undefined ? MINUTE : Math.floor(Math.min(every / 10, 5 * MINUTE));
}
