import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { WORKFLOW_TYPE } from '../../workflows/contract.ts';
import { SCHEDULE_PREFIX } from '../schedules/options.ts';

/** When an activation starts by itself, as Temporal has it. */
export interface ScheduleOutlook {
  /** The next starts, as many as Temporal tells; empty when it is paused or at its end. */
  starts: Date[];
  paused: boolean;
  /** Why it is paused, in the words of who did it. */
  note: string | null;
}

/** The schedule that starts an activation, or null when there is none. */
export async function readOutlook(client: Client, activation: string): Promise<ScheduleOutlook | null> {
  try {
    const { action, info, state } = await client.schedule
      .getHandle(`${SCHEDULE_PREFIX}${activation}`)
      .describe();
    if (action.workflowType !== WORKFLOW_TYPE) return null;
    const starts = state.paused ? [] : info.nextActionTimes;
    return { starts, paused: state.paused, note: state.note ?? null };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}
