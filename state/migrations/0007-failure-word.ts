import type { Knex } from 'knex';

/** Why a run failed, in one word that can be compared; and where counting of failures in a row begins anew. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table runs
      -- Of activation/failures.ts; null: it did not fail, or nobody knows.
      add failure_word    text,
      -- Its failure was one too many: the schedule was paused.
      add paused_schedule boolean not null default false
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table runs drop failure_word, drop paused_schedule');
}
