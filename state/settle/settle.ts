import type { Knex } from 'knex';
import { listTarget } from '../../activation/definition/definition.ts';
import { logChanges } from './changes.ts';
import { useUpApprovals } from '../decisions.ts';
import { findDelivered } from '../lists/deliveries.ts';
import { foldMembers, type Folded } from './fold.ts';
import { checkFence, type Fence } from '../runs/lease.ts';
import { moveOn } from '../imports/import-line.ts';
import { membersTable } from '../names.ts';
import { addCounts, readRun, type Plan, type Run } from '../runs/runs.ts';
import { rows, setTransaction, type State } from '../state.ts';

/**
 * Folds what a run did into the acknowledged state: only what Actito or the file server confirmed, whatever became
 * of the run. Fenced, idempotent, one transaction. A dry run and a run without a plan did nothing; a held or failed one at
 * most kept the list alive.
 */
export async function settleRun(state: State, fence: Fence): Promise<void> {
  await setTransaction(state, async (trx) => {
    await checkFence(trx, fence, { lock: 'no key update', maybeSettled: true }); // it will write the activation's row
    await settleWithin(trx, fence.run);
  });
}

/** {@link settleRun} inside a transaction that has checked the fence. */
export async function settleWithin(trx: Knex.Transaction, number: string): Promise<void> {
  const run = await readRun(trx, number);
  if (run.settled || run.dryRun || !run.plan) return;
  const delivery = await findDelivered(trx, run.run);
  if (run.plan.guards.length > 0 || run.plan.keepAliveOnly) {
    // It did nothing but keep the list alive, if that was due; what a failed run did before is settled already.
    if (delivery) await acknowledgeList(trx, run, run.plan, delivery.deliveredAt!);
    return; // the validity in Actito is still the old one: nothing was provisioned
  }
  if (run.request.rebase) return; // it settles itself, or not at all: rebase.ts
  const listIsRight = run.plan.push === null || delivery !== undefined;

  // Nothing to go back to: a first list of a million need not be logged.
  const isFirst = await isFirstDelivery(trx, run.activation);
  if (listIsRight && !isFirst && !run.plan.unchanged) await logChanges(trx, run);
  const folded: Folded = run.plan.unchanged
    ? { updated: 0, unmatched: 0, refused: 0, badValues: 0, unsent: 0 }
    : await foldMembers(trx, run, listIsRight);
  if (delivery) {
    await acknowledgeList(trx, run, run.plan, delivery.deliveredAt!);
    await trx.raw('update activations set list_validity = :validity where id = :activation', {
      activation: run.activation,
      validity: run.definition.activation.list.validity,
    });
    // What was approved is done, whatever becomes of the run: it must not let a later accident pass.
    if (run.plan.approved) await useUpApprovals(trx, run.activation);
  }
  // While someone is leaving, time must pass: the same segment is then not the same list for ever.
  const isComplete = listIsRight && folded.unsent === 0 && (run.counts.leaving ?? 0) === 0;
  if (!run.plan.unchanged) await acknowledgeSegment(trx, run, isComplete);

  if (run.request.undo === undefined) await moveOn(trx, run.run, run.activation, folded.unsent);
  await addCounts(trx, run.run, folded);
  // What it did before it started over must be logged, too, for all of it to be.
  await trx.raw(
    `update runs set settled_at = now(), changes_logged = :logged and (changes_logged or not exists (
       select from deliveries where run = :run and of_former_plan and delivered_at is not null))
     where no = :run`,
    { run: run.run, logged: !isFirst },
  );
}

async function isFirstDelivery(trx: Knex, activation: string): Promise<boolean> {
  const [{ isFirst }] = (await rows<{ isFirst: boolean }>(
    trx,
    'select list_delivered_at is null as "isFirst" from activations where id = ?',
    [activation],
  )) as [{ isFirst: boolean }];
  return isFirst;
}

async function acknowledgeList(trx: Knex, run: Run, plan: Plan, deliveredAt: Date): Promise<void> {
  await trx.raw(
    `update activations
     set list_dirty = false, list_target = :target, list_members = :members, list_checksum = :checksum,
         list_delivered_at = :deliveredAt
     where id = :activation`,
    {
      activation: run.activation,
      target: listTarget(run.definition),
      members: plan.list.members,
      checksum: plan.list.checksum,
      deliveredAt,
    },
  );
}

/** Only a segment whose every row was acknowledged may be recognised by its fingerprint later. */
async function acknowledgeSegment(trx: Knex, run: Run, complete: boolean): Promise<void> {
  await trx.raw(
    `update activations
     set fingerprint = :fingerprint, retry_at = (select min(retry_at) from ${membersTable(run.activation)}
                                                 where retry_at is not null)
     where id = :activation`,
    { activation: run.activation, fingerprint: complete ? run.fingerprint : null },
  );
}

/**
 * Before a segment is read again within the same run: what was done so far is folded in, and the plan forgotten.
 * The imports stay, for the quota.
 */
export async function startOver(trx: Knex.Transaction, run: string): Promise<void> {
  await settleWithin(trx, run);
  await trx.raw('update imports set chunk = null where run = ?', [run]);
  await trx.raw('update deliveries set of_former_plan = true where run = ?', [run]);
  await trx.raw('delete from chunks where run = ?', [run]);
  await trx.raw('update runs set plan = null, stage = null, settled_at = null where no = ?', [run]);
}
