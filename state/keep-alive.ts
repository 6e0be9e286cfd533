import { readAcknowledged } from './acknowledged.ts';
import { hasBegunDelivery } from './lists/deliveries.ts';
import { checkFence, type Fence } from './runs/lease.ts';
import { reasonToKeep } from './plan/push-reason.ts';
import { readRun, type ListFigures } from './runs/runs.ts';
import type { PushReason } from '../contract/plan.ts';
import type { State } from './state.ts';

/**
 * Whether a run that was held, or has failed, is to deliver the membership that was acknowledged last: so that the list
 * does not expire while someone thinks, or the cause is fixed. Not once it has begun to deliver its own: an attempt that
 * was given up may still put that in place, and nobody would know which one is there.
 * @returns why, and the list; null: it is there, and valid long enough
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
