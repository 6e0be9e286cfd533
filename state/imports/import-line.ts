import type { Knex } from 'knex';
import { interval, LINE_PERIOD } from '../../activation/periods.ts';

/*
 * Activations share the imports of their profile table. Who gets none lines up, and when the quota renews comes before
 * those who did not wait.
 */

/** Those who keep their place in the line of `:quotaKey`. */
export const IN_LINE = `select activation, quota_key, since from import_line where asked_at > now() - ${interval(LINE_PERIOD)}`;

/** How many wait longer than the activation of `:run` for an import of `:quotaKey`: one is kept for each. */
export const AHEAD = `
  select count(*) from (${IN_LINE}) as other
  join runs on runs.no = :run and runs.activation <> other.activation
  left join import_line own on own.activation = runs.activation and own.quota_key = other.quota_key
  where other.quota_key = :quotaKey
    and (other.since, other.activation) < (coalesce(own.since, 'infinity'), runs.activation)`;

/** Lets the activation of a run wait for an import; who waits already keeps its place. */
export async function lineUp(trx: Knex, run: string, quotaKey: string): Promise<void> {
  await trx.raw(
    `insert into import_line (activation, quota_key) select activation, :quotaKey from runs where no = :run
     on conflict (activation, quota_key) do update set asked_at = now()`,
    { run, quotaKey },
  );
}

/** At the end of a run: who has sent everything leaves the line, who had an import and needs more goes to its end. */
export async function moveOn(trx: Knex, run: string, activation: string, unsent: number): Promise<void> {
  if (unsent === 0) {
    await trx.raw('delete from import_line where activation = ?', [activation]);
    return;
  }
  await trx.raw(
    `update import_line set since = now()
     where activation = :activation
       and exists (select from imports where run = :run and status <> 'refused')`,
    { run, activation },
  );
}
