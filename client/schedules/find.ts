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
