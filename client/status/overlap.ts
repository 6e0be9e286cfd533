import { shortestGap } from '../../activation/definition/longest-gap.ts';
import type { Schedule } from '../../activation/definition/schedule.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { PastRun } from '../../state/report/history.ts';
import type { RunUnderWay } from './runs.ts';

/**
 * How long runs take, in milliseconds: the median of those that succeeded; undefined: none has. One that was killed is closed by
 * the next one, perhaps a day later.
 */
export function usualDuration(
  runs: readonly Pick<PastRun, 'openedAt' | 'closedAt' | 'outcome'>[],
): number | undefined {
  const durations = runs
    .filter(({ outcome }) => outcome?.startsWith('succeeded'))
    .flatMap(({ openedAt, closedAt }) => (closedAt ? [closedAt.getTime() - openedAt.getTime()] : []))
    .sort((a, b) => a - b);
  return durations[Math.floor((durations.length - 1) / 2)];
}

/**
 * That an activation starts more often than its runs end, so that starts are skipped; undefined: it does not.
 * @param usual how long its runs take, in milliseconds
 */
export function overlapProblem(
  activation: string,
  schedule: Schedule,
  { running = [] }: { running: readonly Pick<RunUnderWay, 'since'>[] | undefined },
  usual: number | undefined,
  now: Date,
): Told | undefined {
  const gap = shortestGap(schedule);
  const underWay = running.map(({ since }) => now.getTime() - since.getTime());
  const took = Math.max(usual ?? 0, ...underWay);
  if (took <= gap) return undefined;
  return tell('startsOverlap', { activation, took, gap, regular: schedule.every !== undefined });
}
