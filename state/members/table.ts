import type { Knex } from 'knex';
import { membersTable } from '../names.ts';
import { rows, type State } from '../state.ts';

/**
 * Creates the table of members if it is missing. It checks first, because `create … if not exists` waits for writers,
 * and two at the same time collide.
 */
export async function ensureMembersTable(state: State, activation: string): Promise<void> {
  const name = membersTable(activation);
  if (await tableExists(state, name)) return;
  await state.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [name]);
    if (!(await tableExists(trx, name))) await createMembersTable(trx, name);
  });
}

/**
 * Queries the catalog: `to_regclass` may answer from a cache that is older than a lock for which the transaction
 * waited.
 */
export async function tableExists(db: Knex, name: string): Promise<boolean> {
  const found = await rows(
    db,
    `select from pg_class where relname = cast(? as name) and relnamespace = current_schema()::regnamespace`,
    [name],
  );
  return found.length > 0;
}

/**
 * Creates the table from the template in schema.sql. Only the key and columns that few members have are indexed, and
 * each page keeps free space, so an update of any other column stays on its page. No index may have the name of a
 * possible table of members: `members_vip_retry` is the table of activation `vip-retry`.
 */
async function createMembersTable(trx: Knex, name: string): Promise<void> {
  await trx.raw(`
    create table ${name} (like members including defaults including comments) with (fillfactor = 90);
    alter table ${name} add constraint key_of_${name} primary key (mark);
    create index retry_of_${name} on ${name} (retry_at) where retry_at is not null;
    create index withheld_of_${name} on ${name} (mark) where withheld is not null`);
}
