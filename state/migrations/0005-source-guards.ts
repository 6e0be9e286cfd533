import type { Knex } from 'knex';

/** What guards found out about the warehouse when the segment was read. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table runs add column source_guards jsonb not null default '[]'`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table runs drop column source_guards');
}
