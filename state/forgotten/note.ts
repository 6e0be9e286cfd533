import type { Knex } from 'knex';
import type { Holder } from '../runs/lease.ts';
import { rows } from '../state.ts';
import type { Erased } from '../../contract/forget.ts';
import type { Whose } from './source-spellings.ts';

/** One erasure of a record's person in one activation, by one execution of the workflow. */
export interface Erasure extends Whose {
  execution: Holder;
}

/**
 * Records what was found and erased, as part of the proof. A retry of the same execution finds nothing more, or what a
 * run added meanwhile, which is added to the proof.
 * @returns what all attempts have found
 */
export async function noteFound(trx: Knex, erasure: Erasure, now: Erased): Promise<Erased> {
  const { record, activation, execution } = erasure;
  const before = await foundBefore(trx, erasure);
  const tables = Object.entries(now.others);
  const found = {
    members: before.members + now.members,
    listed: before.listed + now.listed,
    others: Object.fromEntries(tables.map(([table, count]) => [table, count + (before.others[table] ?? 0)])),
  };
  await trx.raw(
    `insert into erasures (record, activation, run_id, members, listed, others)
     values (:record, :activation, :runId, :members, :listed, :others)
     on conflict (record, activation, run_id) do update
       set members = excluded.members, listed = excluded.listed, others = excluded.others,
           erased_at = case when excluded.listed > erasures.listed then now() else erasures.erased_at end`,
    { record, activation, runId: execution.runId, ...found, others: JSON.stringify(found.others) },
  );
  return found;
}

async function foundBefore(trx: Knex, { record, activation, execution }: Erasure): Promise<Erased> {
  const [found] = await rows<{ members: string; listed: string; others: Erased['others'] }>(
    trx,
    `select members, listed, others from erasures
     where record = :record and activation = :activation and run_id = :runId`,
    { record, activation, runId: execution.runId },
  );
  const { members = 0, listed = 0, others = {} } = found ?? {};
  return { members: Number(members), listed: Number(listed), others };
}
