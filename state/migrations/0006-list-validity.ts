import type { Knex } from 'knex';

/** The validity that the list had in Actito when it was delivered last, in milliseconds. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table activations add column list_validity bigint');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table activations drop column list_validity');
}
