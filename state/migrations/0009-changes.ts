import type { Knex } from 'knex';

/** What each run did to its list's membership, so that it can be told and undone. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- One row per member and run: the first change within the run, which tells what was before it. No foreign key: its
    -- check of each row would cost a third more. Retention deletes a run's changes before the run.
    create table changes (
      run         bigint not null,
      key         text collate "C" not null,
      change      text not null check (change in ('entered', 'left', 'reidentified')),
      -- What the list held for this member before, when that was not the key; null of who entered.
      identifier  text collate "C",
      primary key (run, key)
    );

    alter table runs
      -- All that this run did to the membership stands in changes, if it did anything.
      add changes_logged boolean not null default false;
    create index on runs (settled_at) where changes_logged;

    alter table decisions
      -- The run that the held plan puts the list back to; null: it follows the segment.
      add undo bigint;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table changes; alter table runs drop changes_logged; alter table decisions drop undo');
}
