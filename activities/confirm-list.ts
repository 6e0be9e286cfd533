import { listConfirmation } from '../actito/lists/confirmation.ts';
import { Failure } from '../contract/failure.ts';
import { findDelivered } from '../state/lists/deliveries.ts';
import { readRun } from '../state/runs/runs.ts';
import { confirmByFolder } from './confirm/by-folder.ts';
import { confirmByStatus } from './confirm/by-status.ts';
import type { ListSummary } from '../contract/steps.ts';
import type { Dependencies } from './dependencies.ts';
import { cancellation } from './progress.ts';
import type { RunRef } from '../contract/steps.ts';

/**
 * Waits until Actito has retrieved the delivered file, as far as this licence has a means to tell, and says what the
 * list now holds. Without a delivery in this run it only looks.
 * @throws Failure ListPending (come back later), DeliveryRefused when Actito could not read the file
 */
export async function confirmList(deps: Dependencies, ref: RunRef): Promise<ListSummary> {
  const run = await readRun(deps.state, ref.run);
  const delivery = await findDelivered(deps.state, ref.run, 'plan');
  // An earlier try of this activity may have found so, and its answer been lost.
  if (run.plan?.push && !delivery) {
    throw new Failure('listUnreadable', {});
  }
  const means = listConfirmation(run.definition);
  if (means === 'status') return confirmByStatus(deps, ref, run, delivery, cancellation());
  if (means === 'fileDisappears' && delivery)
    return confirmByFolder(deps, ref, run, delivery, cancellation());
  return { retrieved: false, asked: false, profiles: null, expires: null };
}
