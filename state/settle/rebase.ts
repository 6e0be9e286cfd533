import { Failure } from '../../contract/failure.ts';
import type { Knex } from 'knex';
import { hasOwnIdentifier, listTarget, usesDirectory } from '../../activation/definition/definition.ts';
import { checkFence, type Fence } from '../runs/lease.ts';
import { membersTable } from '../names.ts';
import { readPlanned, type PlannedRun } from '../runs/runs.ts';
import { setTransaction, type State } from '../state.ts';
import { noteDirectory } from './settle.ts';

/**
 * Assumes that Actito matches the segment of a planned rebase: everyone is on the list with every attribute as read.
 * Fenced, idempotent, one transaction. Unlike settling, only the run itself does it, as its last step: a rebase that
 * was canceled or killed before has no effect.
 */
export async function rebaseRun(state: State, fence: Fence): Promise<void> {
  await setTransaction(state, async (trx) => {
    await checkFence(trx, fence, { lock: 'no key update', maybeSettled: true });
    const run = await readPlanned(trx, fence.run);
    if (run.settled) return;
    if (run.task.sends || run.plan.guards.length > 0) throw new Failure('notToRebase', { run: run.run });
    await takeMembers(trx, run);
    await takeList(trx, run);
    await noteDirectory(trx, run);
    await trx.raw('delete from import_queue where activation = ?', [run.activation]);
    await trx.raw('update runs set settled_at = now() where no = ?', [run.run]);
  });
}

/**
 * Equal rows stay unchanged, and different ones are assumed. A member that was already listed keeps the run that added
 * it.
 */
async function takeMembers(trx: Knex, { run, activation, delta, definition }: PlannedRun): Promise<void> {
  // A row whose profile was not looked up has the member's own.
  const looksUp = usesDirectory(definition.activation);
  const members = membersTable(activation);
  await trx.raw(
    `delete from ${members} m using ${delta} d
     where d.mark = m.mark and (membership in ('removed', 'erased', 'waiting', 'several') or not known)`,
  );
  await trx.raw(
    `update ${members} m
     set identifier = ${looksUp ? 'coalesce(d.identifier, m.identifier)' : 'd.identifier'},
         identifier_mark = d.identifier_mark, listed = true,
         since = case when m.listed then m.since else :run end,
         attribute_mark = case when attributes is null then m.attribute_mark else d.attribute_mark end,
         hashes = case when attributes is null then m.hashes else d.hashes end,
         outcome = case when attributes is null then m.outcome else 'assumed' end
     from ${delta} d where d.mark = m.mark`,
    { run },
  );
  await trx.raw(
    `insert into ${members} (mark, key, identifier, identifier_mark, listed, attribute_mark, hashes, outcome, since)
     select mark, key, identifier, identifier_mark, membership = 'added', attribute_mark, hashes,
            case when membership <> 'added' then membership when attributes is null then 'ok' else 'assumed' end, :run
     from ${delta} where not known and membership = 'added' or membership in ('waiting', 'several')`,
    { run },
  );
  await trx.raw(
    `update ${members}
     set retry_at = null, waits_since = null, missing_run = null, missing_since = null, missing_after = null
     where retry_at is not null or waits_since is not null or missing_run is not null`,
  );
}

/**
 * Stores this list as the current one, and as dirty: it is unknown what the server has, so the next run delivers it.
 */
async function takeList(trx: Knex, run: PlannedRun): Promise<void> {
  await trx.raw(
    `update activations
     set version = version + 1, waiting = false, list_dirty = true, list_target = :target, list_own = :own,
         list_members = :members, list_checksum = :checksum
     where id = :activation`,
    {
      activation: run.activation,
      target: listTarget(run.definition),
      own: hasOwnIdentifier(run.definition.activation),
      ...run.plan.list,
    },
  );
}
