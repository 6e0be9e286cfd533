import type { Knex } from 'knex';

/** The tables that outlive a run; those of one run are made by open, extract and plan. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table activations (
      id                text primary key,
      -- The lease: its holder, and a fence that grows with each change of hands. No clock.
      fence             bigint not null default 0,
      holder_namespace  text,
      holder_workflow   text,
      holder_run        text,
      -- Seeds the hashes of keys and values, so that they cannot be guessed from outside.
      seed              bigint not null,
      -- The fingerprint of the last segment whose every row was acknowledged; null after anything else.
      fingerprint       text,
      -- What was found or created in Actito, and for which mapping.
      provisioned       jsonb,
      -- The list as last delivered.
      list_target       text,
      list_members      bigint not null default 0,
      list_checksum     numeric not null default 0,
      list_delivered_at timestamptz,
      -- Someone began to deliver and did not finish: what the server holds is unknown.
      list_dirty        boolean not null default false,
      -- When refused and unmatched members may be sent again, and when that last happened for them alone.
      retry_at          timestamptz,
      retried_at        timestamptz
    );

    create table runs (
      no              bigint generated always as identity primary key,
      activation      text not null references activations,
      namespace       text not null,
      workflow_id     text not null,
      run_id          text not null,
      -- Null for a dry run: it holds no lease.
      fence           bigint,
      request         jsonb not null,
      -- The definition as it was when the run opened; names of environment variables, never secrets.
      definition      jsonb not null,
      opened_at       timestamptz not null default now(),
      -- The attempt that may fill the stage, and the stage once it is complete.
      extraction      uuid,
      stage           text,
      columns         jsonb,
      fingerprint     text,
      counts          jsonb not null default '{}',
      -- Rows without a usable key by reason, all of them; of the rows themselves not more than some are stored.
      rejected        jsonb not null default '{}',
      plan            jsonb,
      settled_at      timestamptz,
      closed_at       timestamptz,
      outcome         text,
      failure         text,
      unique (namespace, workflow_id, run_id)
    );
    create index on runs (activation) where closed_at is null;

    -- A chunk is one file: the rows of one pattern of omitted attributes within a range of keys.
    create table chunks (
      run        bigint not null references runs on delete cascade,
      no         integer not null,
      pattern    text collate "C" not null,
      first_key  text collate "C" not null,
      last_key   text collate "C" not null,
      members    bigint not null,
      primary key (run, no)
    );

    -- One row per call that may have started an import; written before the call.
    create table imports (
      id            bigint generated always as identity primary key,
      run           bigint not null references runs on delete cascade,
      -- Null once the run has started over: the import then only counts for the quota.
      chunk         integer,
      -- Licence, entity and profile table: what the daily quota counts.
      quota_key     text not null,
      -- intended → posted → confirmed | doubtful | unexplained; or refused: Actito surely did not take it.
      status        text not null default 'intended',
      execution_id  text,
      intended_at   timestamptz not null default now(),
      finished_at   timestamptz,
      detail        text
    );
    create index on imports (quota_key, intended_at);
    create index on imports (run, chunk);

    create table deliveries (
      id            bigint generated always as identity primary key,
      -- Null once the run has started over: the delivery was acknowledged, and is not the new plan's.
      run           bigint references runs on delete cascade,
      activation    text not null references activations,
      target        text not null,
      reason        text not null,
      members       bigint not null,
      checksum      numeric not null,
      bytes         bigint,
      intended_at   timestamptz not null default now(),
      delivered_at  timestamptz,
      retrieved_at  timestamptz,
      detail        jsonb
    );
    create index on deliveries (activation, delivered_at);
    create index on deliveries (run);

    create table rejects (
      run        bigint not null references runs on delete cascade,
      stage      text not null,
      key        text not null,
      reason     text not null,
      attribute  text not null default '',
      at         timestamptz not null default now(),
      primary key (run, stage, key, reason, attribute)
    );
  `);
}

/** There is no way back from the first migration but to drop the schema. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table rejects, deliveries, imports, chunks, runs, activations');
}
