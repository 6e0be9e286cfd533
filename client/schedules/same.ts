import { isDeepStrictEqual } from 'node:util';
import type { ScheduleDescription, ScheduleOptions } from '@temporalio/client';

/**
 * True when a schedule in Temporal is as wanted, as far as we decide about it: its pause, notes and history are not
 * ours. Then it is left alone: an update would drop a start that is due but still waits for its jitter.
 */
export function isSame({ spec, action, policies }: ScheduleDescription, wanted: ScheduleOptions): boolean {
  const found = {
    crons: spec.calendars?.map(({ comment }) => comment) ?? [],
    intervals: spec.intervals?.map(({ every, offset = 0 }) => [every, offset]) ?? [],
    skipped: spec.skip?.length ?? 0,
    limits: [spec.startAt, spec.endAt],
    jitter: spec.jitter,
    timezone: spec.timezone || undefined,
    action: [action.workflowType, action.workflowId, action.taskQueue, action.args],
    policies: [policies.overlap, policies.catchupWindow, policies.pauseOnFailure],
  };
  return isDeepStrictEqual(found, {
    crons: wanted.spec.cronExpressions?.map((text) => text.split('# ')[1]) ?? [],
    intervals: wanted.spec.intervals?.map(({ every }) => [every, 0]) ?? [],
    skipped: 0,
    limits: [undefined, undefined],
    jitter: wanted.spec.jitter,
    timezone: wanted.spec.timezone,
    action: [
      wanted.action.workflowType,
      wanted.action.workflowId,
      wanted.action.taskQueue,
      wanted.action.args,
    ],
    policies: [wanted.policies?.overlap, wanted.policies?.catchupWindow, false],
  });
}
