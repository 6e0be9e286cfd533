import type { Knex } from 'knex';

/** Who waits for an import, and since when; deliveries stay with their run when it starts over. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Actito refused it with 429: too many calls at one time, or too many imports in a day.
    alter table imports add limited boolean not null default false;

    -- Activations whose attributes wait for an import of a profile table.
    create table import_line (
      activation  text not null references activations,
      quota_key   text not null,
      since       timestamptz not null default now(),
      asked_at    timestamptz not null default now(),
      primary key (activation, quota_key)
    );

    -- One import for the chunks of several runs. Its keys stand in a table of their own, shared_<id>, once its file is written.
    create table shared_imports (
      id         bigint generated always as identity primary key,
      quota_key  text not null,
      -- What the files must have in common, hashed.
      shape      text not null,
      leader     bigint not null references runs on delete cascade,
      leaves_at  timestamptz not null,
      -- open (others may join) → closed (its leader writes and sends it); or dissolved: each part goes alone.
      state      text not null default 'open' check (state in ('open', 'closed', 'dissolved'))
    );
    create index on shared_imports (quota_key) where state = 'open';
    create table shared_parts (
      run        bigint not null references runs on delete cascade,
      chunk      integer not null,
      -- The extraction that the chunk's plan was made from.
      reading    uuid not null,
      shared     bigint not null references shared_imports on delete cascade,
      bytes      bigint not null,
      primary key (run, chunk)
    );
    create index on shared_parts (shared);
    alter table imports
      add shared bigint,
      -- The leader's row, which counts for the quota; null: this one does.
      add sent_with bigint;
    create index on imports (sent_with) where sent_with is not null;

    -- Since when one of its members waits for an import in vain, over runs.
    alter table chunks add waits_since timestamptz;

    -- The run has started over since: the delivery was acknowledged, and is not the new plan's.
    alter table deliveries add of_former_plan boolean not null default false;
    -- Until now they were cut off from their run then; an activation has one run at a time.
    update deliveries set of_former_plan = true, run = (
      select max(no) from runs
      where runs.activation = deliveries.activation and fence is not null and opened_at <= intended_at)
    where run is null;
    delete from deliveries where run is null;
    alter table deliveries alter run set not null;
  `);
  // Of all activations, and of runs that are under way.
  for (const name of await tablesLike(knex, '^(members|delta)_')) {
    await knex.raw('alter table ?? add waits_since timestamptz', [name]);
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table import_line, shared_parts, shared_imports;
    alter table imports drop limited, drop shared, drop sent_with;
    alter table chunks drop waits_since;
    alter table deliveries drop of_former_plan, alter run drop not null;
  `);
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
