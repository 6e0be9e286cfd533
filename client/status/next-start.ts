import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { WORKFLOW_TYPE } from '../../contract/names.ts';
import { SCHEDULE_PREFIX } from '../../activation/schedule-owner.ts';
import { startsAhead } from '../schedules/find.ts';
import { readRuns, type KnownRuns } from './runs.ts';

/** What Temporal knows of an activation. */
export interface Outlook {
  /** Null: nothing starts it by itself. */
  schedule: NextStarts | null;
  runs: KnownRuns;
}

/** When an activation starts by itself, as Temporal has it. */
export interface NextStarts {
  /** The next starts, as many as Temporal tells and none of them past; empty when it is paused or at its end. */
  starts: Date[];
  /** None is ahead, but one is being made, or was missed and will be made. */
  due: boolean;
  paused: boolean;
  /** Why it is paused, in the words of who did it. */
  note: string | null;
}

/** When an activation starts next, counted from `now`, and what of it is running. */
export async function readOutlook(client: Client, activation: string, now: Date): Promise<Outlook> {
  const [schedule, runs] = await Promise.all([
    readNextStarts(client, activation, now),
    readRuns(client, activation),
  ]);
  return { schedule, runs };
}

/** The schedule that starts an activation, or null when there is none. */
async function readNextStarts(client: Client, activation: string, now: Date): Promise<NextStarts | null> {
  try {
    const found = await client.schedule.getHandle(`${SCHEDULE_PREFIX}${activation}`).describe();
    const { action, state } = found;
    if (action.workflowType !== WORKFLOW_TYPE) return null;
    const { starts, due } = startsAhead(found, now);
    return { starts, due, paused: state.paused, note: state.note ?? null };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}
