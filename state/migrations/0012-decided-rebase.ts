import type { Knex } from 'knex';

/** Whoever approves a rebase has not approved that anything is sent, nor the other way round. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table decisions add rebase boolean not null default false');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table decisions drop rebase');
}
