import type { Knex } from 'knex';

/** Who waits for an import, and since when. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Actito refused it with 429: too many calls at one time, or too many imports in a day.
    alter table imports add limited boolean not null default false;

    -- Since when one of its members waits for an import in vain, over runs.
    alter table chunks add waits_since timestamptz;
  `);
  // Of all activations, and of runs that are under way.
  for (const name of await tablesLike(knex, '^(members|delta)_')) {
    await knex.raw('alter table ?? add waits_since timestamptz', [name]);
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table imports drop limited; alter table chunks drop waits_since');
  for (const name of await tablesLike(knex, '^(members|delta)_')) {
    await knex.raw('alter table ?? drop waits_since', [name]);
  }
}

async function tablesLike(knex: Knex, pattern: string): Promise<string[]> {
  const { rows } = await knex.raw<{ rows: { name: string }[] }>(
    `select relname as name from pg_class
     where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname ~ ?`,
    [pattern],
  );
  return rows.map(({ name }) => name);
}
