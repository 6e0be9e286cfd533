import type { Knex } from 'knex';
import { namesSamePeople } from '../../activation/definition/definition.ts';
import type { Acknowledged } from '../acknowledged.ts';
import { forgottenSql } from '../forgotten/digests.ts';
import { deltaTable, membersTable } from '../names.ts';
import type { Run } from '../runs/runs.ts';

/*
 * Grace before removal: a listed member that the segment lacks stays on the list for some runs or some time, in the delta
 * as `leaving`. Runs are counted by the activation (succeeded_runs), so that whoever is leaving is written
 * once and not by every run, and a run that starts over or settles late counts once.
 */

/**
 * Which of the listed members that the segment lacks stay on the list, as a condition on `m`; null: none.
 * Nobody stays whose identifier means nothing on the list as it is now, or when the stage says exactly who
 * is to be on it (rebase, undo).
 */
export function staysSql(
  { definition, request }: Run,
  { target, succeededRuns }: Acknowledged,
): string | null {
  const after = definition.activation.removal?.after;
  if (after === undefined || request.rebase || request.undo !== undefined) return null;
  if (!namesSamePeople(target, definition)) return null;
  const stays =
    'runs' in after
      ? `${succeededRuns} - coalesce(m.missing_after, ${succeededRuns}) < ${after.runs}`
      : `coalesce(m.missing_since, now()) > now() - ${after.milliseconds} * interval '1 millisecond'`;
  // Who is to be forgotten, and is not erased yet, has none.
  return `${stays} and not ${forgottenSql('m.key')} and (m.identifier is null or not ${forgottenSql('m.identifier')})`;
}

/**
 * Puts those who stay into the stage, without hashes and values: from then on it holds the list, whole, as it is to be
 * delivered, and whoever counts, checks or streams it need not know of them.
 */
export async function stageLeaving(trx: Knex.Transaction, run: Run): Promise<void> {
  await trx.raw(
    `insert into ${run.stage} (key, identifier)
     select key, m.identifier from ${deltaTable(run.run)} join ${membersTable(run.activation)} m using (key)
     where membership = 'leaving'`,
  );
}
