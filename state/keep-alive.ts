import { readAcknowledged } from './acknowledged.ts';
import { hasBegunDelivery } from './lists/deliveries.ts';
import { checkFence, type Fence } from './runs/lease.ts';
import { reasonToKeep } from './plan/push-reason.ts';
import { readRun, type ListFigures } from './runs/runs.ts';
import type { PushReason } from '../contract/plan.ts';
import type { State } from './state.ts';

/**
 * Decides whether a run that was held or has failed must deliver the last confirmed list again, so that it does not
 * expire during a decision or a repair. Not after it has begun to deliver its own list: an abandoned attempt may still
 * complete that, and it would be unknown which list is there.
 * @returns the reason and the list; null if the list is there and valid long enough
 */
export async function planToKeep(
  state: State,
  fence: Fence,
): Promise<{ reason: PushReason; list: ListFigures } | null> {
  return state.transaction(async (trx) => {
    await checkFence(trx, fence);
    if (await hasBegunDelivery(trx, fence.run)) return null;
    const run = await readRun(trx, fence.run);
    const acknowledged = await readAcknowledged(trx, run);
    const reason = reasonToKeep(run, acknowledged);
    return reason === null ? null : { reason, list: acknowledged.list };
  });
}
