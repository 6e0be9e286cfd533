import type { Knex } from 'knex';
import { listTarget } from '../../activation/definition/definition.ts';
import { checkFence, type Fence } from '../runs/lease.ts';
import { membersTable } from '../names.ts';
import { listOf } from '../plan/plan.ts';
import { planned, readRun, stageLost, type Plan, type Run } from '../runs/runs.ts';
import { setTransaction, type State } from '../state.ts';

/**
 * Takes the segment of a planned rebase for what Actito has: everyone on the list, every attribute as it was read. Fenced,
 * idempotent, one transaction. Unlike settling it is done only by the run itself, as its last step: of a rebase that was
 * cancelled or killed before, nothing is kept.
 * @throws Failure StageLost
 */
export async function rebaseRun(state: State, fence: Fence): Promise<void> {
  await setTransaction(state, async (trx) => {
    await checkFence(trx, fence, { lock: 'no key update', maybeSettled: true });
    const found = await readRun(trx, fence.run);
    if (found.settled) return;
    const run = planned(found);
    if (!run.request.rebase || run.plan.guards.length > 0 || run.plan.keepAliveOnly)
      throw new Error(`Run ${run.run} is not to rebase.`);
    const list = await listOf(trx, run.stage!);
    if (list.members !== run.plan.list.members || list.checksum !== run.plan.list.checksum)
      throw stageLost(String(list.members), run.plan.list);
    await takeMembers(trx, run);
    await takeList(trx, run);
    await trx.raw('delete from import_line where activation = ?', [run.activation]);
    await trx.raw('update runs set settled_at = now() where no = ?', [run.run]);
  });
}

/** Who was on the list already keeps its first day there. Rows that contradict each other have no hashes, as ever. */
async function takeMembers(trx: Knex, { run, activation, stage }: Run): Promise<void> {
  const members = membersTable(activation);
  await trx.raw(`delete from ${members} m where not exists (select from ${stage} s where s.key = m.key)`);
  await trx.raw(
    `insert into ${members} as m (key, identifier, listed, hashes, outcome, since)
     select key, identifier, true, hashes, case when hashes is null then 'ok' else 'assumed' end, :run from ${stage}
     on conflict (key) do update
     set identifier = excluded.identifier, listed = true, hashes = excluded.hashes, outcome = excluded.outcome,
         retry_at = null, waits_since = null, missing_run = null, missing_since = null, missing_after = null,
         since = case when m.listed then m.since else excluded.since end`,
    { run },
  );
}

/** The list counts as this one, and as dirty: nobody knows what the server holds, so the next run delivers it. */
async function takeList(trx: Knex, run: Run & { plan: Plan }): Promise<void> {
  await trx.raw(
    `update activations
     set fingerprint = :fingerprint, retry_at = null, list_dirty = true, list_target = :target,
         list_members = :members, list_checksum = :checksum
     where id = :activation`,
    {
      activation: run.activation,
      fingerprint: run.fingerprint,
      target: listTarget(run.definition),
      members: run.plan.list.members,
      checksum: run.plan.list.checksum,
    },
  );
}
