import type { WorkflowHandle } from '@temporalio/client';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/** How long an activity of a run took, in milliseconds. */
export interface ActivityTime {
  name: string;
  /** From scheduled to the start of its last attempt: waiting for a worker, or for earlier attempts. */
  waited: number;
  /** From scheduled to completed. */
  total: number;
  /** The number of attempts, including the last. */
  tries: number;
}

/** Returns the completed activities of a run in their order, from its history. */
export function activityTimes({ events }: History): ActivityTime[] {
  const scheduled = new Map<string, { name: string; at: number }>();
  const started = new Map<string, { at: number; attempt: number }>();
  const times: ActivityTime[] = [];
  for (const event of events ?? []) {
    const at = Number(event.eventTime?.seconds ?? 0) * 1000 + (event.eventTime?.nanos ?? 0) / 1e6;
    const begun = event.activityTaskScheduledEventAttributes;
    if (begun) scheduled.set(String(event.eventId), { name: begun.activityType?.name ?? '?', at });
    const taken = event.activityTaskStartedEventAttributes;
    if (taken) started.set(String(taken.scheduledEventId), { at, attempt: taken.attempt ?? 1 });
    const id = String(event.activityTaskCompletedEventAttributes?.scheduledEventId);
    const [from, last] = [scheduled.get(id), started.get(id)];
    if (!from || !last) continue;
    times.push({ name: from.name, waited: last.at - from.at, total: at - from.at, tries: last.attempt });
  }
  return times;
}
