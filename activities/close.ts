import type { ClosedRun } from '../contract/steps.ts';
import { closeRun } from '../state/runs/close.ts';
import { readRun } from '../state/runs/runs.ts';
import type { RunEnd } from '../contract/result.ts';
import { countRejects } from '../state/rejects/rejects.ts';
import type { Dependencies } from './dependencies.ts';
import { untilCancelled } from './progress.ts';
import type { RunRef } from '../contract/steps.ts';

/** Records the outcome of the run and releases its lease. */
export async function close({ state }: Dependencies, ref: RunRef, end: RunEnd | null): Promise<ClosedRun> {
  return untilCancelled(
    (async () => {
      const outcome = await closeRun(state, ref, end);
      const run = await readRun(state, ref.run);
      return { outcome, counts: { ...run.counts }, rejects: await countRejects(state, ref.run) };
    })(),
  );
}
