import type { Knex } from 'knex';
import { membersTable } from '../names.ts';

/** Members that the segment lacks may stay on the list for some runs, or some time. */
export async function up(knex: Knex): Promise<void> {
  // Runs that succeeded: the clock of a grace that is told in runs.
  await knex.raw('alter table activations add column succeeded_runs bigint not null default 0');
  for (const table of await membersTables(knex)) {
    await knex.raw(
      `alter table ${table} add missing_run bigint, add missing_since timestamptz, add missing_after bigint`,
    );
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table activations drop column succeeded_runs');
  for (const table of await membersTables(knex)) {
    await knex.raw(`alter table ${table} drop missing_run, drop missing_since, drop missing_after`);
  }
}

/** Those that were made: an activation's is made when its first run opens. */
async function membersTables(knex: Knex): Promise<string[]> {
  const activations = (await knex.raw('select id from activations')) as { rows: { id: string }[] };
  const names = activations.rows.map(({ id }) => membersTable(id));
  const found = (await knex.raw(
    'select name from unnest(cast(? as text[])) as name where to_regclass(name) is not null',
    [names],
  )) as { rows: { name: string }[] };
  return found.rows.map(({ name }) => name);
}
