import type { Knex } from 'knex';

/** Who waits for an import, and since when. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Actito refused it with 429: too many calls at one time, or too many imports in a day.
    alter table imports add limited boolean not null default false;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table imports drop limited');
}
