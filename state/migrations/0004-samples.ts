import type { Knex } from 'knex';

/** A few members of each class of a dry run's plan, so that people see what it is about. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table samples (
      run         bigint not null references runs on delete cascade,
      -- added, removed, changed, unchanged or rejected.
      class       text not null,
      place       integer not null,
      key         text not null,
      -- The attributes that would be sent for the first time or differ, and their new values, in the same order.
      attributes  text[] not null,
      new_values  text[] not null,
      -- Why a row is rejected.
      reason      text,
      at          timestamptz not null default now(),
      primary key (run, class, place)
    );
    create index on samples (at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table samples');
}
