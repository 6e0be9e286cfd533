import type { Knex } from 'knex';
import { hasOwnIdentifier, listTarget } from '../../activation/definition/definition.ts';
import { logChanges } from './changes.ts';
import { useUpApprovals } from '../decisions.ts';
import { findDelivered, type DeliveryRow } from '../lists/deliveries.ts';
import { foldMembers } from './fold.ts';
import { checkFence, type Fence } from '../runs/lease.ts';
import { giveUpCalls } from '../imports/imports.ts';
import { moveOn } from '../imports/quota.ts';
import { addCounts, readRun, type PlannedRun, type Run } from '../runs/runs.ts';
import { rows, setTransaction, type State } from '../state.ts';

/**
 * Updates the confirmed state with a run's results: only what Actito or the file server confirmed, whatever the outcome
 * of the run. Fenced, idempotent, one transaction.
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
  if (run.settled || run.task.preview) return;
  const kept = await findDelivered(trx, run.run, 'kept');
  if (kept) await noteDelivery(trx, run, kept);
  await giveUpCalls(trx, run.run);
  // A rebase settles itself, or not at all: see rebase.ts.
  if (run.plan && run.task.sends) await settlePlan(trx, run as PlannedRun);
}

/** Folds attributes by the results of the imports, always; membership if the planned list was delivered. */
async function settlePlan(trx: Knex.Transaction, run: PlannedRun): Promise<void> {
  const { activation, plan } = run;
  const held = plan.guards.length > 0;
  // A held run only folds the results of its imports, and only once, although it is never settled.
  if (held && (run.counts.updated !== undefined || !(await hasImports(trx, run)))) return;
  const delivery = await findDelivered(trx, run.run, 'plan');
  const applied = delivery !== undefined || (plan.push === null && !held);
  // An undo cannot go back before the first list, so its members need not be logged.
  const isFirst = await isFirstDelivery(trx, activation);
  if (applied && !isFirst) await logChanges(trx, run);
  await preferLookUps(trx, run);
  const folded = await foldMembers(trx, run, applied);
  await trx.raw('update activations set version = version + 1 where id = ?', [activation]);
  if (delivery) await acknowledgeList(trx, run, delivery);
  // An undo sends no attributes, so members who wait for an import continue to wait.
  if (run.task.undo === null) {
    await trx.raw('update activations set waiting = ? where id = ?', [folded.unsent > 0, activation]);
    await moveOn(trx, run.run, activation, folded.unsent);
  }
  await addCounts(trx, run.run, folded);
  if (applied && run.task.undo === null) await noteDirectory(trx, run);
  // A held plan does not change mapping or membership: the next run compares with the state before it.
  if (held) return;
  await trx.raw('update runs set settled_at = now(), changes_logged = :logged where no = :run', {
    run: run.run,
    logged: !isFirst,
  });
}

/**
 * Makes the planner look up few changes of many members one by one. It knows little about a new delta and would read
 * all members.
 */
async function preferLookUps(trx: Knex, { delta, base }: PlannedRun): Promise<void> {
  // PostgreSQL has counted the rows when they were published, and none were written since.
  const [found] = await rows<{ few: boolean }>(
    trx,
    'select reltuples * 20 < :members as few from pg_class where oid = to_regclass(:delta)',
    { delta, members: base.members },
  );
  if (found!.few) await trx.raw('set local enable_seqscan = off');
}

async function hasImports(trx: Knex, { run }: Run): Promise<boolean> {
  const [found] = await rows(
    trx,
    `select from import_parts part join imports on imports.id = part.import
     where part.run = ? and intended_at is not null limit 1`,
    [run],
  );
  return found !== undefined;
}

async function isFirstDelivery(trx: Knex, activation: string): Promise<boolean> {
  const [found] = await rows<{ isFirst: boolean }>(
    trx,
    'select list_delivered_at is null as "isFirst" from activations where id = ?',
    [activation],
  );
  return found!.isFirst;
}

/**
 * Records a new delivery of the unchanged list. Its validity in Actito is still the old one, because nothing was
 * provisioned.
 */
async function noteDelivery(trx: Knex, { activation }: Run, delivery: DeliveryRow): Promise<void> {
  const { deliveredAt, retrievedAt, detail } = delivery;
  // If Actito may have rejected the file, the next run delivers it again.
  const dirty = detail?.maybeRefused === true && retrievedAt === null;
  await trx.raw(
    'update activations set list_dirty = :dirty, list_delivered_at = :deliveredAt where id = :activation',
    { activation, deliveredAt, dirty },
  );
}

/** Records which load of the profile directory the members reflect. */
export async function noteDirectory(trx: Knex, { run, activation }: PlannedRun): Promise<void> {
  await trx.raw(
    `update activations set directory = runs.directory, directory_load = runs.directory_load
     from runs where id = ? and no = ?`,
    [activation, run],
  );
}

async function acknowledgeList(trx: Knex, run: PlannedRun, delivery: DeliveryRow): Promise<void> {
  const { activation, plan, definition } = run;
  await noteDelivery(trx, run, delivery);
  await trx.raw(
    `update activations
     set list_target = :target, list_members = :members, list_checksum = :checksum, list_own = :own,
         list_validity = :validity
     where id = :activation`,
    {
      activation,
      target: listTarget(definition),
      members: plan.list.members,
      checksum: plan.list.checksum,
      own: hasOwnIdentifier(definition.activation),
      validity: definition.activation.list.validity,
    },
  );
  // What was approved is done, whatever the outcome of the run: the approval must not let a later accident pass.
  if (plan.approved) await useUpApprovals(trx, activation);
}
