import type { Knex } from 'knex';
import { membersTable } from '../names.ts';
import type { PlannedRun } from '../runs/runs.ts';

/** The change of one key by a run: it was added, removed, or listed with another identifier. */
export type Change = 'entered' | 'left' | 'reidentified';

/**
 * Logs the members that a run's delivered list added, removed or renamed, before they are folded into the members
 * table.
 */
export async function logChanges(
  trx: Knex.Transaction,
  { run, activation, delta }: PlannedRun,
): Promise<void> {
  await trx.raw(
    `insert into changes (run, mark, change, key, identifier, identifier_mark)
     select :run, d.mark,
            case membership when 'added' then 'entered' when 'reidentified' then 'reidentified' else 'left' end,
            coalesce(d.key, former.key), former.identifier, former.identifier_mark
     from ${delta} d
     -- One look into the index each: a join would read all members for the few that have changed.
     left join lateral (select key, identifier, identifier_mark from ${membersTable(activation)} m
                        where m.mark = d.mark and membership <> 'added' limit 1) as former on true
     where membership in ('added', 'removed', 'reidentified')
        or membership in ('waiting', 'several') and former_mark is not null
     on conflict do nothing`,
    { run },
  );
}

/**
 * SQL: the first change of each key after the run `:to` of `:activation`. The state before it is the state after that
 * run. Columns: mark, key, change, identifier, identifier_mark.
 */
export const FIRST_CHANGES_AFTER = `
  select distinct on (mark) mark, key, change, identifier, identifier_mark
  from runs join changes on changes.run = runs.no
  where runs.activation = :activation and runs.no > :to
  order by mark, runs.no`;

/**
 * SQL: deletes the changes of runs that were settled more than `:age` milliseconds ago, of at most `:batch` runs. The
 * rows and the run's `changes_logged` are removed together, so an undo never uses an incomplete log.
 */
export const FORGET_OLD_CHANGES = `
  with old as (
    select no from runs where changes_logged and settled_at < now() - :age * interval '1 millisecond'
    limit :batch for update skip locked
  ), forgotten as (
    delete from changes using old where changes.run = old.no
  )
  update runs set changes_logged = false from old where runs.no = old.no`;
