import { Context } from '@temporalio/activity';
import type { ClosedRun } from '../contract/steps.ts';
import { tellable } from '../contract/failure.ts';
import { temporalFailure } from '../contract/grpc.ts';
import { stateFailure } from '../state/failures.ts';
import { closeRun } from '../state/runs/close.ts';
import { readRun, type Run } from '../state/runs/runs.ts';
import type { RunEnd } from '../contract/result.ts';
import { countRejects } from '../state/rejects/rejects.ts';
import { pauseAfterFailures } from './pause-schedule.ts';
import type { Dependencies } from './dependencies.ts';
import { warn } from './warn.ts';
import { untilCancelled } from './progress.ts';
import type { RunRef } from '../contract/steps.ts';

/** Longest that Temporal may take about what ends well without it, in milliseconds. */
const PATIENCE = 10_000;

/** Ends the run. After too many failures in a row the activation's schedule is paused. */
export async function close(deps: Dependencies, ref: RunRef, end: RunEnd | null): Promise<ClosedRun> {
  const { state } = deps;
  return untilCancelled(
    (async () => {
      const outcome = await closeRun(state, ref, end);
      const run = await readRun(state, ref.run);
      if (end && outcome === 'failed' && !run.task.preview) await pauseIfPossible(deps, run, end.message);
      return { outcome, counts: { ...run.counts }, rejects: await countRejects(state, ref.run) };
    })(),
  );
}

/** Whatever becomes of this, the run ends as it ends. */
async function pauseIfPossible(deps: Dependencies, run: Run, failure: string): Promise<void> {
  try {
    await Context.current().client.withDeadline(Date.now() + PATIENCE, () =>
      pauseAfterFailures(deps, run, failure),
    );
  } catch (error) {
    warn('scheduleNotPaused', { why: tellable(stateFailure(error) ?? temporalFailure(error) ?? error) });
  }
}
