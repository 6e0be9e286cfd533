import { planToKeep } from '../state/keep-alive.ts';
import { findDelivered } from '../state/lists/deliveries.ts';
import { readRun } from '../state/runs/runs.ts';
import type { PushReason } from '../contract/plan.ts';
import { deliver } from './deliver.ts';
import { warn } from './warn.ts';
import type { Dependencies } from './dependencies.ts';
import type { RunRef } from '../contract/steps.ts';

/**
 * Delivers the unchanged list of a run that is held or has failed, if the list would expire soon.
 * @returns why the delivery was due; null if nothing was delivered
 * @throws Failure RunSuperseded, Delivery…
 */
export async function keepAlive(deps: Dependencies, ref: RunRef): Promise<PushReason | null> {
  const kept = await planToKeep(deps.state, ref);
  if (!kept) return null;
  if (!(await findDelivered(deps.state, ref.run, 'kept'))) {
    const run = await readRun(deps.state, ref.run);
    const unseen = await deliver(deps, ref, run, { kind: 'kept', ...kept });
    if (unseen) warn('listUnseen', { failure: unseen.message, when: 'before' });
  }
  return kept.reason;
}
