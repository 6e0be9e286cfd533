import type { Knex } from 'knex';
import { membersTable } from '../names.ts';
import { rows } from '../state.ts';

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
  const activations = await rows<{ id: string }>(knex, 'select id from activations');
  const found = await rows<{ name: string }>(
    knex,
    'select name from unnest(cast(? as text[])) as name where to_regclass(name) is not null',
    [activations.map(({ id }) => membersTable(id))],
  );
  return found.map(({ name }) => name);
}
