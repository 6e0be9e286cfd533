import type { Knex } from 'knex';
import { useUpApprovals } from '../decisions.ts';
import { checkFence, lockLease, releaseLease, type Fence } from './lease.ts';
import { recordRejectHistory } from '../rejects/reject-history.ts';
import { rows, unlessBusy, type State } from '../state.ts';
import { readRun } from './runs.ts';
import { outcomeOf, type Outcome, type RunEnd } from '../../contract/result.ts';

/**
 * Ends a run: records its outcome, releases the lease, drops its tables. A run that is already closed or was superseded
 * is not changed, because the newer run has settled and closed it.
 * @param end what ended it before its last step; null if nothing did
 */
export async function closeRun(state: State, fence: Fence, end: RunEnd | null): Promise<Outcome> {
  const closed = await state.transaction(async (trx) => {
    await lockLease(trx, fence, 'no key update'); // the lease will be released; simultaneous attempts follow each other
    const run = await readRun(trx, fence.run);
    if (run.outcome !== null) return run.outcome;
    await checkFence(trx, fence, { maybeSettled: true });
    const outcome = outcomeOf(end, run.task, run.counts);
    await trx.raw(
      `update runs set closed_at = now(), outcome = :outcome, failure = :failure, failure_type = :type
       where no = :run`,
      { run: fence.run, outcome, failure: end?.message ?? null, type: end?.type ?? null },
    );
    await recordRejectHistory(trx, fence.run);
    if (fence.fence !== null) await releaseLease(trx, run.activation, fence.fence);
    if (fence.fence !== null && outcome.startsWith('succeeded')) {
      await useUpApprovals(trx, run.activation);
      await trx.raw('update activations set succeeded_runs = succeeded_runs + 1 where id = ?', [
        run.activation,
      ]);
    }
    // Someone may have changed Actito manually. If something went wrong there, the next run checks again.
    if (fence.fence !== null) {
      await trx.raw(
        `update activations set provisioned = null from runs
         where id = :activation and no = :run and (looks_again or cast(:wrong as boolean))`,
        {
          activation: run.activation,
          run: fence.run,
          wrong: outcome === 'failed' || (run.counts.unsent ?? 0) > 0,
        },
      );
    }
    // When Actito has their profiles, it must read the list again.
    if (fence.fence !== null && end?.type === 'NobodyTargeted') {
      await trx.raw('update activations set list_dirty = true where id = ?', [run.activation]);
    }
    return outcome;
  });
  await dropRunTables(state, fence.run);
  await dropSharedKeys(state);
  return closed;
}

/**
 * Drops the tables of a closed run. A table in use, by an abandoned attempt's COPY, is left to the janitor, because
 * dropping must never make a run wait.
 */
async function dropRunTables(state: State, run: string): Promise<void> {
  const left = await rows<{ name: string }>(
    state,
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'
     and relname ~ ?`,
    [`^(delta_${run}_[0-9]+|aside_${run}|result_${run})$`],
  );
  for (const { name } of left) await dropUnlessBusy(state, name);
}

/** Drops the keys of shared imports that no open run can still need. */
async function dropSharedKeys(state: State): Promise<void> {
  const left = await rows<{ name: string }>(
    state,
    `select relname as name from pg_class
     where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname ~ '^shared_[0-9]+$'
       and not exists (
         select from import_parts part join imports on imports.id = part.import join runs on runs.no = part.run
         where imports.id = cast(substring(relname from '[0-9]+$') as bigint)
           and status not in ('refused', 'dissolved') and closed_at is null)`,
  );
  for (const { name } of left) await dropUnlessBusy(state, name);
}

/** Drops a table unless it is in use; then the janitor drops it later. */
export async function dropUnlessBusy(state: Knex, table: string): Promise<void> {
  await unlessBusy(state, async (trx) => {
    await trx.raw(`drop table if exists ${table}`);
  });
}

/** Drops the tables of all runs that are closed or gone. Called when a worker starts and when a run opens. */
export async function cleanUp(state: State): Promise<void> {
  for (const run of await leftTables(state)) await dropRunTables(state, run);
  await dropSharedKeys(state);
}

/**
 * Returns the numbers of closed or missing runs that have tables: of all activations, or of the given one and of those
 * that are gone.
 */
export async function leftTables(state: State, activation?: string): Promise<string[]> {
  const left = await rows<{ run: string }>(
    state,
    `select distinct run
     from pg_class, cast(substring(relname from '_([0-9]+)') as text) as run
     where relnamespace = current_schema()::regnamespace and relkind = 'r'
       and relname ~ '^(delta|aside|result)_[0-9]+'
       and not exists (select from runs where no = cast(run as bigint)
                       and (closed_at is null ${activation === undefined ? '' : 'or activation <> :activation'}))`,
    activation === undefined ? {} : { activation },
  );
  return left.map(({ run }) => run);
}
