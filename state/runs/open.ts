import { tell } from '../../contract/messages/tell.ts';
import type { RunEnd } from '../../contract/result.ts';
import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { createRun, findRun, openRuns, readRun, type NewRun, type Run } from './runs.ts';
import { cleanUp, closeRun } from './close.ts';
import { readLease, releaseLease, takeLease, type Holder } from './lease.ts';
import { ensureMembersTable } from '../members/table.ts';
import { recordRejectHistory } from '../rejects/reject-history.ts';
import { settleWithin } from '../settle/settle.ts';
import { rows, setTransaction, type State } from '../state.ts';
import { Failure } from '../../contract/failure.ts';
import { interval } from '../../activation/periods.ts';

/** Asks whether a workflow execution is still open. */
export type IsOpen = (holder: Holder) => Promise<boolean>;

/** The opened run, or the workflow that holds the lease. */
export type Opened = { run: Run } | { busy: Holder };

/**
 * Opens a run: takes the activation's lease, settles and closes earlier runs whose workflow ended without doing so, and
 * creates the run's row. Idempotent per workflow execution while its run is open. The lease has no expiry: if it is
 * taken, its holder's workflow is checked.
 */
export async function openRun(state: State, wanted: Omit<NewRun, 'fence'>, isOpen: IsOpen): Promise<Opened> {
  const existing = await findRun(state, wanted);
  if (existing) {
    if (existing.outcome === null) return { run: existing };
    throw new Failure('runClosed', {});
  }
  const seed = randomBytes(8).readBigInt64LE().toString();
  for (;;) {
    const { fence: seen, holder } = await readLease(state, wanted.activation, seed);
    await ensureMembersTable(state, wanted.activation);
    if (wanted.task.preview) {
      return { run: await readRun(state, await createRun(state, { ...wanted, fence: null })) };
    }
    // An earlier attempt of this activity may have been faster.
    const own = await findRun(state, wanted);
    if (own && own.outcome === null) return { run: own };
    if (holder && (await isOpen(holder))) return { busy: holder };
    const fence = await takeOver(state, wanted, seen);
    if (fence !== null) {
      await closeAbandoned(state, wanted, isOpen);
      await cleanUp(state);
      return { run: (await findRun(state, wanted))! };
    }
    // Someone else was faster, so check again who holds it now.
  }
}

/** Takes the lease, settles what its former holders left unsettled, and creates the run, in one transaction. */
async function takeOver(state: State, wanted: Omit<NewRun, 'fence'>, seen: string): Promise<string | null> {
  const unclosed = await openRuns(state, wanted.activation);
  return setTransaction(state, async (trx) => {
    const fence = await takeLease(trx, wanted.activation, seen, wanted);
    if (fence === null) return null;
    await settleLeft(trx, unclosed);
    await createRun(trx, { ...wanted, fence });
    return fence;
  });
}

/** The end of a run that its workflow left open. */
const ABANDONED: RunEnd = { type: null, message: tell('runAbandoned', {}).message };

/** Settles and closes runs whose workflow ended without doing so. The caller has just taken the lease. */
export async function settleLeft(trx: Knex.Transaction, unclosed: { run: string }[]): Promise<void> {
  for (const { run } of unclosed) {
    const left = await readRun(trx, run);
    if (left.fence === null) continue;
    await settleWithin(trx, run);
    await trx.raw(`update runs set closed_at = now(), outcome = 'failed', failure = ? where no = ?`, [
      ABANDONED.message,
      run,
    ]);
    await recordRejectHistory(trx, run);
  }
}

/** Closes previews whose workflow is gone. They hold no lease and have nothing to settle. */
export async function closeAbandoned(
  state: State,
  own: Holder & { activation: string },
  isOpen: IsOpen,
): Promise<void> {
  for (const { run, fence, ...holder } of await openRuns(state, own.activation)) {
    if (fence !== null || holder.runId === own.runId || holder.namespace !== own.namespace) continue;
    if (await isOpen(holder)) continue;
    await closeRun(state, { run, fence: null }, ABANDONED);
  }
}

/** Runs younger than this, in milliseconds, are probably still running, so Temporal is not asked about them. */
const YOUNG = 3_600_000;

/**
 * Settles and closes runs that Temporal no longer knows or reports as ended. The next run of their activation would do
 * it, but there may be none, and their deltas contain values until then. An activation of another namespace is left
 * alone, because our Temporal server may not know its runs. If one cannot be closed, the others still are.
 * @param own who closes them; the caller's own `activation`, if any, is left alone
 * @param young runs younger than this, in milliseconds, are left alone
 */
export async function closeElsewhere(
  state: State,
  own: Holder & { activation?: string },
  isOpen: IsOpen,
  young = YOUNG,
): Promise<void> {
  const others = await rows<{ activation: string }>(
    state,
    `select distinct activation from runs
     where closed_at is null and namespace = :namespace and activation is distinct from :own
       and opened_at <= now() - ${interval(young)}`,
    { namespace: own.namespace, own: own.activation ?? null },
  );
  const failures: unknown[] = [];
  for (const { activation } of others)
    await closeLeft(state, { ...own, activation }, isOpen).catch((error: unknown) => failures.push(error));
  if (others.length > 0) await cleanUp(state);
  if (failures.length > 0) throw failures[0];
}

/** Closes the runs of one activation, if none of them continues. */
async function closeLeft(state: State, own: Holder & { activation: string }, isOpen: IsOpen): Promise<void> {
  const { activation, namespace, workflowId, runId } = own;
  await closeAbandoned(state, own, isOpen);
  const { fence: seen, holder } = await readLease(state, activation, '0');
  const unclosed = (await openRuns(state, activation)).filter(({ fence }) => fence !== null);
  const holders = [...(holder ? [holder] : []), ...unclosed];
  if (holders.length === 0 || holders.some((other) => other.namespace !== namespace)) return;
  if ((await Promise.all(holders.map(isOpen))).includes(true)) return;
  await setTransaction(state, async (trx) => {
    const fence = await takeLease(trx, activation, seen, { namespace, workflowId, runId });
    if (fence === null) return; // someone else was faster
    await settleLeft(trx, unclosed);
    await releaseLease(trx, activation, fence);
  });
}
