import { Failure } from '../../contract/failure.ts';
import { cleanUp, leftTables } from '../runs/close.ts';
import { releaseLease, takeLease, type Holder } from '../runs/lease.ts';
import { closeAbandoned, settleLeft, type IsOpen } from '../runs/open.ts';
import { openRuns } from '../runs/runs.ts';
import { rows, setTransaction, type State } from '../state.ts';
import { phoneCountries } from './countries.ts';
import { eraseRows } from './erase-rows.ts';
import type { Erased } from '../../contract/forget.ts';
import { noteFound, type Erasure } from './note.ts';
import { sourceSpellings } from './source-spellings.ts';

/**
 * Erases a person from an activation, in one transaction that holds its lease. So no run continues beside it, and later
 * runs leave the person out. Idempotent per execution: what a retry finds is added.
 * @throws Failure RunUnderWay while a run is open, also a preview, because its delta has rows too
 */
export async function eraseFrom(
  state: State,
  erasure: Erasure,
  isOpen: IsOpen,
  signal: AbortSignal,
): Promise<Erased> {
  const { activation, execution } = erasure;
  for (;;) {
    const lease = await readHolder(state, activation);
    const unclosed = await openRuns(state, activation);
    for (const holder of [...(lease.holder ? [lease.holder] : []), ...unclosed]) {
      if (await isOpen(holder)) throw underWay(activation, holder);
    }
    // First, because an activity that outlived a preview could still write what it read into its samples.
    await closeAbandoned(state, { ...execution, activation }, isOpen);
    await dropWhatRunsLeft(state, activation);
    const spelt = await sourceSpellings(state, erasure, await countriesOf(state, activation), signal);
    const found = await setTransaction(state, async (trx) => {
      const fence = await takeLease(trx, activation, lease.fence, execution);
      if (fence === null) return null;
      await settleLeft(trx, unclosed);
      const erased = await noteFound(trx, erasure, await eraseRows(trx, erasure, spelt));
      await releaseLease(trx, activation, fence);
      return erased;
    });
    if (found) {
      await dropWhatRunsLeft(state, activation);
      return found;
    }
    // A run was opened meanwhile, so check again who holds the lease.
  }
}

async function readHolder(state: State, activation: string) {
  const [row] = await rows<{ fence: string; namespace: string | null } & Omit<Holder, 'namespace'>>(
    state,
    `select fence, holder_namespace as namespace, holder_workflow as "workflowId", holder_run as "runId"
     from activations where id = ?`,
    [activation],
  );
  const { fence, namespace, ...rest } = row!;
  return { fence, holder: namespace === null ? null : { namespace, ...rest } };
}

/** The countries whose phone numbers may be written without a country code, from the activation's latest run. */
async function countriesOf(state: State, activation: string): Promise<string[]> {
  const [last] = await rows<{ country: string | null }>(
    state,
    `select definition->'activation'->'matchingKey'->>'defaultCountry' as country from runs
     where activation = ? order by no desc limit 1`,
    [activation],
  );
  return phoneCountries(state, last?.country);
}

/** Deltas of runs that have ended contain members, too. */
async function dropWhatRunsLeft(state: State, activation: string): Promise<void> {
  await cleanUp(state);
  const left = await leftTables(state, activation);
  if (left.length === 0) return;
  throw new Failure('runTablesInUse', { activation, runs: left });
}

function underWay(activation: string, { workflowId }: Holder): Failure {
  return new Failure('erasureWaits', { activation, workflowId, preview: workflowId.startsWith('plan/') });
}
