import { ScheduleNotFoundError, type Client, type ScheduleDescription } from '@temporalio/client';
import { SCHEDULE_PREFIX } from '../../activation/schedule-owner.ts';

/** The ids that may be ours, in their order. */
export async function listed(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for await (const { scheduleId } of client.schedule.list({
    query: `ScheduleId STARTS_WITH "${SCHEDULE_PREFIX}"`,
  })) {
    ids.push(scheduleId);
  }
  return ids.sort();
}

/** A schedule as Temporal has it; undefined: it has none of that id. */
export async function describe(client: Client, scheduleId: string): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(scheduleId).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** The next starts that Temporal tells of, as far as they are ahead. */
export interface StartsAhead {
  starts: Date[];
  /** None is ahead although some were told: one is about to be made, or Temporal was away when it was due. */
  due: boolean;
}

/** What is ahead of a schedule. Temporal tells of starts that it has not made yet, so they may be past. */
export function startsAhead(
  { state: { paused }, info: { nextActionTimes } }: Pick<ScheduleDescription, 'state' | 'info'>,
  now = new Date(),
): StartsAhead {
  if (paused) return { starts: [], due: false };
  const starts = nextActionTimes.filter((start) => start > now);
  return { starts, due: starts.length === 0 && nextActionTimes.length > 0 };
}
