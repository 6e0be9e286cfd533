import type { Knex } from 'knex';

/** What was rejected, told over the runs of an activation; and what the janitor and readers of old runs look up. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- One row per key, stage, reason and attribute, however many runs met it. Written when a run closes.
    create table reject_stories (
      activation  text not null references activations,
      key         text not null,
      stage       text not null,
      reason      text not null,
      attribute   text not null,
      first_run   bigint not null,
      last_run    bigint not null,
      first_seen  timestamptz not null,
      last_seen   timestamptz not null,
      times       integer not null,
      primary key (activation, key, stage, reason, attribute)
    );
    create index on reject_stories (last_seen);

    insert into reject_stories
    select activation, key, rejects.stage, reason, attribute, min(run), max(run), min(at), max(at), count(*)
    from rejects join runs on runs.no = rejects.run
    where fence is not null and closed_at is not null
    group by activation, key, rejects.stage, reason, attribute;

    create index on rejects (at);
    create index on runs (activation, no);
    create index on runs (closed_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(
    'drop table reject_stories; drop index rejects_at_idx, runs_activation_no_idx, runs_closed_at_idx',
  );
}
