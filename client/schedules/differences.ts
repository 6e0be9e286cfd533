import type { ScheduleDescription } from '@temporalio/client';
import type { Schedule } from '../../activation/definition/schedule.ts';
import { exactly } from '../output/durations.ts';
import type { WantedSchedule } from './options.ts';
import { foundTimesInWords, timesInWords } from './times.ts';

/** One thing about a schedule that is not as the project folder wants it. */
export interface Difference {
  field: string;
  /** As it is in Temporal. */
  from: string;
  /** As it is wanted. */
  to: string;
}

/**
 * What of a schedule in Temporal is not as wanted, as far as we decide about it: its pause, note, remaining starts
 * and history are not ours. Without a difference it is left alone: an update would drop a start that is due but
 * still waits for its jitter.
 */
export function differences(
  { spec, action, policies }: ScheduleDescription,
  wanted: WantedSchedule,
  schedule: Schedule,
): Difference[] {
  const found = {
    times: foundTimesInWords(spec),
    'time zone': spec.timezone || 'UTC',
    limits: limits(spec),
    jitter: exactly(spec.jitter ?? 0),
    workflow: inWords(action),
    overlap: String(policies.overlap),
    'catch-up window': exactly(policies.catchupWindow),
    'pause on failure': String(policies.pauseOnFailure),
  };
  const to: Record<keyof typeof found, string> = {
    times: timesInWords(schedule),
    'time zone': wanted.spec.timezone ?? 'UTC',
    limits: limits({ skip: [] }),
    jitter: exactly(wanted.spec.jitter as number),
    workflow: inWords(wanted.action as ScheduleDescription['action']),
    overlap: String(wanted.policies.overlap),
    'catch-up window': exactly(wanted.policies.catchupWindow as number),
    'pause on failure': String(wanted.policies.pauseOnFailure),
  };
  return (Object.keys(found) as (keyof typeof found)[])
    .map((field) => ({ field, from: found[field], to: to[field] }))
    .filter(({ from, to }) => from !== to);
}

/** Times that are left out; only people set such. */
function limits({ startAt, endAt, skip = [] }: Partial<ScheduleDescription['spec']>): string {
  const parts = [
    startAt ? `from ${startAt.toISOString()}` : '',
    endAt ? `until ${endAt.toISOString()}` : '',
    skip.length > 0 ? `${skip.length} calendar(s) skipped` : '',
  ];
  return parts.filter(Boolean).join(', ') || 'none';
}

function inWords({ workflowType, workflowId, args = [] }: ScheduleDescription['action']): string {
  return [workflowType, workflowId, ...args.map((arg) => JSON.stringify(arg))].join(' ');
}
