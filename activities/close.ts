import { Context, log } from '@temporalio/activity';
import type { ClosedRun } from '../contract/steps.ts';
import { closeRun } from '../state/runs/close.ts';
import { readRun, type Run } from '../state/runs/runs.ts';
import type { Counts } from '../contract/counts.ts';
import type { Outcome } from '../contract/result.ts';
import { countRejects } from '../state/rejects/rejects.ts';
import { pauseAfterFailures } from './auto-pause/pause-schedule.ts';
import type { Dependencies } from './dependencies.ts';
import { untilCancelled } from './progress.ts';
import type { RunRef } from '../contract/steps.ts';

/** Longest that Temporal may take about what ends well without it, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Ends the run. A run that did all it could, but has rows or values it could not send, is `succeeded with rejects`.
 * After too many failures in a row the activation's schedule is paused.
 */
export async function close(
  deps: Dependencies,
  ref: RunRef,
  wanted: { outcome: Outcome; failure?: string; word?: string | null },
): Promise<ClosedRun> {
  const { state } = deps;
  return untilCancelled(
    (async () => {
      const run = await readRun(state, ref.run);
      const { counts } = run;
      const outcome =
        wanted.outcome === 'succeeded' && hasRejects(counts) ? 'succeeded with rejects' : wanted.outcome;
      await closeRun(state, ref, { ...wanted, outcome });
      if (outcome === 'failed' && !run.task.preview) await pauseIfPossible(deps, run, wanted.failure ?? '');
      return { outcome, counts: { ...counts }, rejects: await countRejects(state, ref.run) };
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
    log.warn(`The schedule could not be paused: ${(error as Error).message}`);
  }
}

function hasRejects({ rejected, ambiguous, refused, badValues, unsent }: Counts): boolean {
  return [rejected, ambiguous, refused, badValues, unsent].some((count) => (count ?? 0) > 0);
}
