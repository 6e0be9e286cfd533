import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';

/** People who asked to be forgotten: known by digests of their keys alone, so that they are never added again. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Seeds the digests: without it a list of known addresses would tell who is among them.
    create table forgotten_pepper (
      only_one  boolean primary key default true check (only_one),
      pepper    bytea not null
    );

    -- The proof that someone was forgotten; never who.
    create table forgotten (
      no           bigint generated always as identity primary key,
      asked_by     text not null,
      reason       text,
      asked_at     timestamptz not null default now(),
      -- Asked again for the same key: the latest time.
      asked_again  timestamptz,
      -- Everything was erased, everywhere; null: it is not yet.
      completed_at timestamptz
    );

    -- A key may be spelt in several ways, one for each kind of matching key.
    create table forgotten_digests (
      digest  bytea primary key,
      record  bigint not null references forgotten on delete cascade
    );
    create index on forgotten_digests (record);

    -- What was found and erased of an activation, in numbers, by one execution of the workflow.
    create table erasures (
      record      bigint not null references forgotten on delete cascade,
      activation  text not null references activations,
      run_id      text not null,
      -- Members, and those of them who were on the list.
      members     bigint not null,
      listed      bigint not null,
      -- Rows of other tables, by table.
      others      jsonb not null,
      erased_at   timestamptz not null default now(),
      primary key (record, activation, run_id)
    );
    create index on erasures (activation, erased_at);
  `);
  await knex.raw('insert into forgotten_pepper (pepper) values (?)', [randomBytes(32)]);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table erasures, forgotten_digests, forgotten, forgotten_pepper');
}
