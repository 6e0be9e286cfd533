import type { Knex } from 'knex';

/** What people decided about held plans. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table decisions (
      id          bigint generated always as identity primary key,
      activation  text not null references activations,
      plan_hash   text not null,
      verdict     text not null check (verdict in ('approved', 'refused')),
      decided_by  text not null,
      reason      text not null,
      -- Of the held plan: by tripped guard what it was about, and all counts.
      figures     jsonb not null,
      counts      jsonb not null,
      -- Who recorded it, so that a retry records nothing twice.
      workflow_id text not null,
      run_id      text not null,
      decided_at  timestamptz not null default now(),
      -- An approval is used up by the first success.
      used_at     timestamptz,
      unique (workflow_id, run_id)
    );
    create index on decisions (activation, decided_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table decisions');
}
