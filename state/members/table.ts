import type { Knex } from 'knex';
import { membersTable } from '../names.ts';
import { rows, type State } from '../state.ts';

/** Looks before it creates: `create … if not exists` waits for whoever writes, and two at once collide. */
export async function ensureMembersTable(state: State, activation: string): Promise<void> {
  const name = membersTable(activation);
  if (await tableExists(state, name)) return;
  await state.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [name]);
    if (!(await tableExists(trx, name))) await createMembersTable(trx, name);
  });
}

/** Asks the catalog: `to_regclass` may answer from a cache that is older than a lock for which the transaction waited. */
export async function tableExists(db: Knex, name: string): Promise<boolean> {
  const found = await rows(
    db,
    `select from pg_class where relname = cast(? as name) and relnamespace = current_schema()::regnamespace`,
    [name],
  );
  return found.length > 0;
}

/**
 * By the template of schema.sql. Nothing but its key and what few members have is indexed, and a page keeps some room: an update of
 * anything else stays on its page. No index may be named like a table of members: `members_vip_retry` is the table of
 * activation `vip-retry`.
 */
async function createMembersTable(trx: Knex, name: string): Promise<void> {
  await trx.raw(`
    create table ${name} (like members including defaults including comments) with (fillfactor = 90);
    alter table ${name} add constraint key_of_${name} primary key (mark);
    create index retry_of_${name} on ${name} (retry_at) where retry_at is not null;
    create index withheld_of_${name} on ${name} (mark) where withheld is not null`);
}
