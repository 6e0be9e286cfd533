import type { Knex } from 'knex';
import { Failure } from '../../contract/failure.ts';
import type { Told } from '../../contract/messages/message.ts';
import type { GuardTrip, PassedChecks } from '../../contract/plan.ts';
import type { Column } from '../../activation/values/kinds.ts';
import { deltaTable } from '../names.ts';
import { isSameMapping, lastMapping } from '../plan/mapping-change.ts';
import { planWithin } from '../plan/plan.ts';
import { checkFence, oneAtATime, type Fence } from '../runs/lease.ts';
import { readRun, type Plan, type Run } from '../runs/runs.ts';
import type { Counts } from '../../contract/counts.ts';
import { rows, setTransaction, type State } from '../state.ts';
import { resolveAmbiguous, resolveForgotten, resolveMapping } from './resolve.ts';

/** What an attempt to compare found besides the rows of its delta. */
export interface Found {
  /** The version of the state that it was compared with. */
  version: string;
  /** The number of listed members whose marks were loaded, and the sum of their identifier marks. */
  base: { members: number; checksum: string };
  columns: Column[];
  counts: Required<Pick<Counts, 'read' | 'rejected' | 'forgotten' | 'duplicates' | 'ambiguous'>> &
    Pick<Counts, 'waiting'>;
  /** The profile directory that was asked, and its last load before. */
  directory?: { id: string; load: number };
  /** Rows without a usable key, by reason. */
  reasons: Record<string, number>;
  /** Guards on the warehouse that hold the run. */
  guards: GuardTrip[];
  /** The other checks of the warehouse. Missing: it was not asked. */
  passed?: PassedChecks;
  /** Notes about how the segment was read. */
  notes: Told[];
}

/**
 * Publishes an attempt's delta as the run's, and plans the run, in one transaction. From then on the delta is
 * immutable. If another attempt was faster, its plan is used.
 * @throws Failure RunSuperseded if the state has changed since; RunUnderWay for a preview, which then compares again
 */
export async function publish(
  state: State,
  fence: Fence,
  attempt: number,
  found: Found,
): Promise<Run & { plan: Plan }> {
  const delta = deltaTable(fence.run, attempt);
  return setTransaction(state, async (trx) => {
    await checkFence(trx, fence);
    await oneAtATime(trx, fence.run);
    const run = await readRun(trx, fence.run);
    if (run.plan) return run as Run & { plan: Plan };
    await requireVersion(trx, run, found.version);
    const mappedBefore = await lastMapping(trx, run);
    const forgottenSince = await resolveForgotten(trx, run, delta); // First, because the others write rows again.
    const ambiguous = found.counts.ambiguous > 0 ? await resolveAmbiguous(trx, run, delta) : 0;
    if (!isSameMapping(run, mappedBefore)) await resolveMapping(trx, run, delta, mappedBefore);
    // Without it, the planner overestimates a small delta, and settling would read all members.
    await trx.raw(`analyze ${delta} (mark)`);
    const { base, columns, reasons, guards, version } = found;
    const { forgotten: known, ...counts } = found.counts;
    const forgotten = known + forgottenSince;
    await trx.raw(
      `update runs set delta = :delta, version = :version, columns = :columns, base_members = :members,
              base_checksum = :checksum, directory = :directory, directory_load = :load, counts = counts || :counts, rejected = :reasons, source_guards = :guards
       where no = :run`,
      {
        run: run.run,
        delta,
        version,
        ...base,
        directory: found.directory?.id ?? null,
        load: found.directory?.load ?? null,
        columns: JSON.stringify(columns),
        // Few activations have forgotten people, so they are counted only if there are any.
        counts: JSON.stringify({ ...counts, ambiguous, ...(forgotten > 0 ? { forgotten } : {}) }),
        reasons: JSON.stringify(reasons),
        guards: JSON.stringify(guards),
      },
    );
    return planWithin(trx, await readRun(trx, run.run), mappedBefore, found);
  });
}

async function requireVersion(trx: Knex, { activation, task }: Run, version: string): Promise<void> {
  const [now] = await rows<{ version: string }>(
    trx,
    'select version from activations where id = ? for share',
    [activation],
  );
  if (now!.version === version) return;
  throw task.preview
    ? new Failure('settledMeanwhile', { activation }, { retryAfter: 1_000 })
    : new Failure('stateChangedMeanwhile', { activation });
}
