import type { Knex } from 'knex';
import { Failure } from '../../contract/failure.ts';
import { KEY_RULES } from '../../activation/keys/canonical.ts';
import type { RunRef } from '../../contract/steps.ts';
import { rows, type State } from '../state.ts';

/** A workflow execution: the holder of a lease. */
export interface Holder {
  namespace: string;
  workflowId: string;
  runId: string;
}

/**
 * The fence of a write: the run, and its number in the order of lease holders (null for a preview, which has no lease).
 */
export type Fence = RunRef;

/**
 * `no key update`: the transaction itself writes the activation's row. Two transactions that shared the lock and then
 * wrote the row would deadlock.
 */
type LeaseLock = 'share' | 'no key update';

/**
 * Runs a transaction that only the current lease holder can commit. Its shared lock on the activation's row makes a new
 * lease holder wait until this write is done, and a late write fails.
 * @throws Failure RunSuperseded
 */
export async function fenced<T>(
  state: State,
  fence: Fence,
  write: (trx: Knex.Transaction) => Promise<T>,
  { lock = 'share' }: { lock?: LeaseLock } = {},
): Promise<T> {
  return state.transaction(async (trx) => {
    await checkFence(trx, fence, { lock });
    return write(trx);
  });
}

/**
 * Fails unless the run is open and, except for a preview, still holds its activation's lease. What a run does after it
 * was settled would not be accounted for, so afterwards only settling and closing are allowed (`maybeSettled`).
 * @throws Failure RunSuperseded
 */
export async function checkFence(
  trx: Knex,
  { run, fence }: Fence,
  { lock = 'share', maybeSettled = false }: { lock?: LeaseLock; maybeSettled?: boolean } = {},
): Promise<void> {
  // A preview writes nothing that another run reads, so nothing waits for it until it publishes its plan
  // (delta/publish.ts).
  await lockLease(trx, { run, fence }, lock);
  // A separate statement: together with the lock, it would see the run as it was before the wait.
  const [held] = await rows(
    trx,
    `select from runs join activations on activations.id = runs.activation
     where runs.no = :run and runs.closed_at is null and (:maybeSettled or runs.settled_at is null)
       and (cast(:fence as bigint) is null or activations.fence = :fence)`,
    { run, fence, maybeSettled },
  );
  if (!held) {
    throw new Failure('leaseLost', {});
  }
}

/** Locks the activation's row. Waits for a run that takes the lease or settles, and makes such a run wait. */
export async function lockLease(trx: Knex, { run, fence }: Fence, lock: LeaseLock): Promise<void> {
  if (fence === null) return;
  await trx.raw(
    // Shows other transactions that wait for this one which run it belongs to.
    `select set_config('application_name',
                       split_part(current_setting('application_name'), ' run ', 1) || ' run ' || cast(:run as bigint), true)
     from activations where id = (select activation from runs where no = :run) for ${lock}`,
    { run },
  );
}

/** Serializes the attempts of a run's step, so the second finds what the first has done. */
export async function oneAtATime(trx: Knex, run: string): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`run ${run}`]);
}

/** Creates the activation's row if it is missing, and returns the holder of its lease. */
export async function readLease(
  state: State,
  activation: string,
  seed: string,
): Promise<{ fence: string; holder: Holder | null }> {
  await state.raw('insert into activations (id, seed, rules) values (?, ?, ?) on conflict (id) do nothing', [
    activation,
    seed,
    KEY_RULES,
  ]);
  const [row] = await rows<{ fence: string; namespace: string | null; workflowId: string; runId: string }>(
    state,
    `select fence, holder_namespace as namespace, holder_workflow as "workflowId", holder_run as "runId"
     from activations where id = ?`,
    [activation],
  );
  const { fence, namespace, workflowId, runId } = row!;
  return { fence, holder: namespace === null ? null : { namespace, workflowId, runId } };
}

/**
 * Takes the lease if its fence has not changed since it was read.
 * @returns the new fence, or null if someone else was faster
 */
export async function takeLease(
  trx: Knex,
  activation: string,
  seen: string,
  holder: Holder,
): Promise<string | null> {
  const [taken] = await rows<{ fence: string }>(
    trx,
    `update activations
     set fence = fence + 1, holder_namespace = :namespace, holder_workflow = :workflowId, holder_run = :runId
     where id = :activation and fence = :seen
     returning fence`,
    { activation, seen, ...holder },
  );
  return taken?.fence ?? null;
}

/** Releases the lease. The fence stays, so a late write of this run still fails. */
export async function releaseLease(trx: Knex, activation: string, fence: string): Promise<void> {
  await trx.raw(
    `update activations set holder_namespace = null, holder_workflow = null, holder_run = null, fence = fence + 1
     where id = :activation and fence = :fence`,
    { activation, fence },
  );
}
