import { closeRun } from '../state/close.ts';
import { readRun, type Counts, type Outcome } from '../state/runs.ts';
import { countRejects } from '../state/rejects.ts';
import type { Dependencies } from './dependencies.ts';
import { untilCancelled } from './progress.ts';
import type { RunRef } from './run-ref.ts';

/** How a run ended, in numbers. */
export interface ClosedRun {
  outcome: Outcome;
  counts: Record<string, number>;
  /** Stored rejects by stage, reason and attribute. */
  rejects: { stage: string; reason: string; attribute: string; count: number }[];
}

/**
 * Ends the run. A run that did all it could, but has rows or values it could not send, is `succeeded with rejects`.
 */
export async function close(
  { state }: Dependencies,
  ref: RunRef,
  wanted: { outcome: Outcome; failure?: string },
): Promise<ClosedRun> {
  return untilCancelled(
    (async () => {
      const { counts } = await readRun(state, ref.run);
      const outcome =
        wanted.outcome === 'succeeded' && hasRejects(counts) ? 'succeeded with rejects' : wanted.outcome;
      await closeRun(state, ref, { outcome, failure: wanted.failure });
      return { outcome, counts: { ...counts }, rejects: await countRejects(state, ref.run) };
    })(),
  );
}

function hasRejects({ rejected, ambiguous, refused, badValues, unsent }: Counts): boolean {
  return [rejected, ambiguous, refused, badValues, unsent].some((count) => (count ?? 0) > 0);
}
