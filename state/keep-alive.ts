import { readAcknowledged } from './acknowledged.ts';
import { checkFence, oneAtATime, type Fence } from './runs/lease.ts';
import { listAsItWas, reasonToKeep } from './plan/push-reason.ts';
import { readRun, type Plan, type PushReason, type Run } from './runs/runs.ts';
import { settleWithin } from './settle/settle.ts';
import { rows, setTransaction, type State } from './state.ts';
import type { Knex } from 'knex';

/**
 * Lets a run that failed do one thing more when it is time: deliver the membership that was acknowledged last, so that
 * the list does not expire while the cause is mended. What the run has done until then is settled. Idempotent.
 * @returns why a list is delivered now; null: none is
 */
export async function keepAliveInstead(state: State, fence: Fence): Promise<PushReason | null> {
  return setTransaction(state, async (trx) => {
    await checkFence(trx, fence, { lock: 'no key update' });
    await oneAtATime(trx, fence.run);
    const run = await readRun(trx, fence.run);
    if (run.plan?.keepAliveOnly) return run.plan.push;
    if (await beganToDeliver(trx, run)) return null;
    const acknowledged = await readAcknowledged(trx, run);
    const push = reasonToKeep(run, acknowledged);
    if (push === null) return null;
    await settleWithin(trx, run.run);
    const plan: Plan = { ...(run.plan ?? NOTHING), ...ONLY, push, ...listAsItWas(acknowledged) };
    // No extraction: an attempt to read that was given up, and still goes on, must not take the plan away.
    await trx.raw('update runs set plan = :plan, settled_at = null, extraction = null where no = :run', {
      plan: JSON.stringify(plan),
      run: run.run,
    });
    return push;
  });
}

/** Then an attempt that was given up may still put the planned list in place, and nobody would know which one is there. */
async function beganToDeliver(trx: Knex, { run }: Run): Promise<boolean> {
  return (await rows(trx, 'select from deliveries where run = ? limit 1', [run])).length > 0;
}

/** Of a run that has no plan: the segment could not be read. */
const NOTHING = { hash: '', retriesAlone: false, toSend: 0 };
const ONLY = { keepAliveOnly: true, unchanged: true, guards: [] };
