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

/** Either the run, or who is running instead. */
export type Opened = { run: Run } | { busy: Holder };

/**
 * Opens a run: takes the activation's lease, settles and closes earlier runs whose workflow ended without doing so,
 * and creates the run's row. Idempotent per workflow execution as long as its run is open.
 * The lease has no clock: who finds it taken asks whether its holder is still open.
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
    // An earlier attempt of this very activity may have been faster.
    const own = await findRun(state, wanted);
    if (own && own.outcome === null) return { run: own };
    if (holder && (await isOpen(holder))) return { busy: holder };
    const fence = await takeOver(state, wanted, seen);
    if (fence !== null) {
      await closeAbandoned(state, wanted, isOpen);
      await cleanUp(state);
      return { run: (await findRun(state, wanted))! };
    }
    // Someone else was faster: look again at who holds it now.
  }
}

/** Takes the lease, settles what its former holders left unsettled, and creates the run, all or nothing. */
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

/** How a run ends that its workflow left open. */
const ABANDONED: RunEnd = { type: null, message: tell('runAbandoned', {}).message };

/** Settles and closes runs whose workflow ended without doing so. Whoever calls it has just taken the lease. */
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

/** Closes dry runs whose workflow is gone; they hold no lease and have nothing to settle. */
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

/** A run that was opened less than this ago, in milliseconds, is most likely under way: Temporal is not asked about it. */
const YOUNG = 3_600_000;

/**
 * Settles and closes runs that Temporal no longer knows, or knows to have ended: the next run of their activation would do it,
 * but there may be none, and their deltas hold values until then. An activation that another namespace runs is left alone: our
 * Temporal server need not know it. One that cannot be closed does not keep the others open.
 * @param own who closes them; of its own `activation`, if it has one, nothing is touched
 * @param young a run that was opened less than this ago, in milliseconds, is left alone
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

/** Closes the runs of one activation, if none of them goes on. */
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
