import type { Knex } from 'knex';

/**
 * Adds the rejects of a run to the reject history of its activation. There is one row for the same key, stage, reason,
 * attribute and reference, with its first and last run and the number of runs. Each run does this once, when it closes,
 * because a retry replaces the rejects of the previous attempt. A dry run adds nothing.
 */
export async function recordRejectHistory(trx: Knex, run: string): Promise<void> {
  await trx.raw(
    `insert into reject_history as old
       (activation, key, stage, reason, attribute, reference, first_run, last_run, first_seen, last_seen, times, said)
     select activation, key, rejects.stage, reason, attribute, reference, run, run, at, at, 1, said
     from rejects join runs on runs.no = rejects.run
     where run = ? and fence is not null
     on conflict (activation, key, stage, reason, attribute, reference) do update
       set last_run = excluded.last_run, last_seen = excluded.last_seen, times = old.times + 1, said = excluded.said
       where old.last_run < excluded.last_run`,
    [run],
  );
}
