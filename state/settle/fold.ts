import type { Knex } from 'knex';
import { membersTable } from '../names.ts';
import { hasSameMarks, lastMapping } from '../plan/mapping-change.ts';
import type { PlannedRun } from '../runs/runs.ts';
import { rows } from '../state.ts';
import { LONGEST_WAIT } from '../transactions.ts';
import { foldedSql } from './folded.ts';

/** The results of the members whose attributes were to be sent. */
export interface Folded {
  updated: number;
  unmatched: number;
  refused: number;
  badValues: number;
  unsent: number;
}

/*
 * There are two independent folds. Attributes are folded by the results of their imports, always; membership if the
 * list is the planned one (`:applied`), which it is not for a held or failed run. Both share a statement, so that a
 * first run writes a million rows only once. Missing members depend only on the segment (`:believed`: of no held run).
 */

/** SQL: the directory has no single profile for the member any more, so nothing that was confirmed means anything. */
const LOSES_PROFILE = `:applied and membership in ('waiting', 'several')`;

/** SQL: the list has another profile, without any of the attributes. */
const CHANGES_PROFILE = `:applied and :sameDirectory and membership = 'reidentified'`;

/** SQL: a resync did not send the row. Only this condition remembers that it must still be sent. */
const STILL_TO_RESEND = `sent = 'untouched' and attributes = 'resent'`;

/**
 * SQL: the values that Actito rejected in this run, and those that it rejected before, as long as they are in the
 * segment and no file has retried them. A value that was left out, or whose file was not sent, is still rejected.
 */
const STILL_WITHHELD = `
  select string_agg(distinct piece, '') from (
    select substring(folded.hashes from 8 * place - 7 for 8) as piece
    from generate_series(1, octet_length(folded.hashes) / 8) as place
    where position(substring(folded.hashes from 8 * place - 7 for 8) in m.withheld) > 0
      and (sent = 'untouched' or substr(ltrim(folded.pattern, 'cvrn'), place, 1) = '1')
    union all
    select substring(folded.withheld from first for 8)
    from generate_series(1, octet_length(folded.withheld), 8) as first
  ) as pieces`;

/** The columns of the attributes, by `sent`. A member in doubt has no mark, so it is sent again whatever its values. */
const ATTRIBUTES = {
  // The mark of what was sent last: a change is always sent, and a backoff only delays repeats. After a change of the
  // mapping, the old mark must not match if that mapping returns, see hashesSql. So its complement is stored, which no
  // member has.
  attribute_mark: `case when ${LOSES_PROFILE} then null
                        when sent in ('confirmed', 'kept', 'nothing', 'unexplained') then folded.attribute_mark
                        when sent = 'doubt' or ${STILL_TO_RESEND} or ${CHANGES_PROFILE} then null
                        when sent = 'untouched' and :remapped and m.attribute_mark is not null
                          then ~folded.attribute_mark
                        else m.attribute_mark end`,
  outcome: `case when ${LOSES_PROFILE} then membership
                 when sent = 'confirmed' then folded.outcome when sent in ('nothing', 'unexplained') then sent
                 when membership = 'added' and m.outcome in ('waiting', 'several') then 'ok' else m.outcome end`,
  retry_at: `case when ${LOSES_PROFILE} then null
                  when sent = 'confirmed' and folded.outcome = 'ok' or sent in ('doubt', 'nothing') then null
                  when sent in ('confirmed', 'unexplained') then folded.due_again else m.retry_at end`,
  withheld: `case when sent is null or sent = 'kept' then m.withheld
                  when m.withheld is null then folded.withheld
                  else (${STILL_WITHHELD}) end`,
  // A member whose import failed starts to wait again: a file that Actito rejects every time must not use up the few
  // daily imports.
  waits_since: `case when ${LOSES_PROFILE} then null
                     when sent is null then m.waits_since
                     when sent not in ('doubt', 'untouched') then null
                     when tried then statement_timestamp() else coalesce(m.waits_since, now()) end`,
};

/** The columns of the membership and of grace periods. */
const MEMBERSHIP = {
  listed: `case when ${LOSES_PROFILE} then false
                else m.listed or (:applied and membership is not distinct from 'added') end`,
  since: `case when :applied and (membership = 'added' or membership in ('waiting', 'several')
                                  and m.outcome <> membership) then :run else m.since end`,
  identifier: `case when :applied and membership in ('added', 'reidentified', 'waiting', 'several') then folded.identifier
                    else m.identifier end`,
  identifier_mark: `case when :applied and membership in ('added', 'reidentified', 'waiting', 'several')
                         then folded.identifier_mark
                         else m.identifier_mark end`,
  missing_run: grace('missing_run', ':run'),
  missing_since: grace('missing_since', 'cast(:openedAt as timestamptz)'),
  missing_after: grace('missing_after', '(select succeeded_runs from activations where id = :activation)'),
};

/** A member who is already missing keeps the time; a member who was seen is no longer missing. */
function grace(column: string, begin: string): string {
  return `case when not :believed then m.${column}
               when membership is distinct from 'leaving' then null
               else coalesce(m.${column}, ${begin}) end`;
}

/** Folds a run's delta into its activation's members. `applied`: the planned list was delivered. */
export async function foldMembers(trx: Knex.Transaction, run: PlannedRun, applied: boolean): Promise<Folded> {
  const believed = applied || run.plan.guards.length === 0;
  const members = membersTable(run.activation);
  const { activation, openedAt } = run;
  const bindings = { run: run.run, activation, openedAt };
  // An undo sends no attributes, so it does not change the stored mapping.
  const remapped =
    run.task.undo === null && !hasSameMarks(run, await lastMapping(trx, run, { folded: true }));
  const sameDirectory = await hasSameDirectory(trx, run);
  const filled = (sql: string) =>
    sql
      .replaceAll(':applied', String(applied))
      .replaceAll(':believed', String(believed))
      .replaceAll(':remapped', String(remapped))
      .replaceAll(':sameDirectory', String(sameDirectory));
  const hashes = hashesSql(run, remapped);
  const updates = Object.entries({ ...ATTRIBUTES, hashes, ...MEMBERSHIP });
  const counts = await countFolded(trx, run);

  await trx.raw(
    filled(`delete from ${members} using ${run.delta} d
            where d.mark = ${members}.mark
              and (membership = 'removed' and :applied or membership = 'erased' and :believed)`),
  );
  await trx.raw(
    filled(
      `with ${foldedSql(run.run, run.delta, `known and coalesce(membership, '') not in ('removed', 'erased')`)}
       update ${members} m set ${updates.map(([column, value]) => `${column} = ${value}`).join(', ')}
       from folded
       where folded.mark = m.mark and (sent is not null or :believed)
         and not (sent is null and membership = 'leaving' and m.missing_run is not null)`,
    ),
    bindings,
  );
  await insertNew(trx, run, applied);
  if (remapped) await forgetOldHashes(trx, run);
  return counts;
}

/** Whether the identifiers of the members are profile ids of the directory that this run has used. */
async function hasSameDirectory(trx: Knex, { run }: PlannedRun): Promise<boolean> {
  const same = await rows(
    trx,
    `select from runs join activations on activations.id = activation and activations.directory = runs.directory
     where no = ?`,
    [run],
  );
  return same.length > 0;
}

/** SQL: a member who waited for a profile has a row, but nothing in it counts. */
const NO_LONGER_WAITING = `
  on conflict (mark) do update
  set (key, identifier, identifier_mark, listed, attribute_mark, hashes, outcome, retry_at, waits_since, since, withheld)
    = (excluded.key, excluded.identifier, excluded.identifier_mark, excluded.listed, excluded.attribute_mark,
       excluded.hashes, excluded.outcome, excluded.retry_at, excluded.waits_since, excluded.since, excluded.withheld)
  where m.outcome in ('waiting', 'several')`;

/** The first million rows are written without an index, which is created afterwards. */
async function insertNew(trx: Knex.Transaction, run: PlannedRun, applied: boolean): Promise<void> {
  const members = membersTable(run.activation);
  const isEmpty = (await rows(trx, `select from ${members} limit 1`)).length === 0;
  const key = `key_of_${members}`;
  const withoutIndex = isEmpty && (await dropIndex(trx, members, key));
  await trx.raw(
    `with ${foldedSql(run.run, run.delta, `not known and membership in ('added', 'waiting', 'several')`)}
     insert into ${members} as m (mark, key, identifier, identifier_mark, listed, attribute_mark, hashes, outcome, retry_at,
                             waits_since, since, withheld)
     select mark, key, identifier, identifier_mark, ${applied} and membership = 'added',
            case when sent in ('confirmed', 'nothing', 'unexplained') then attribute_mark end,
            case when sent in ('confirmed', 'nothing') then hashes end,
            case when membership <> 'added' then membership when sent = 'confirmed' then outcome when sent in ('nothing', 'unexplained') then sent else 'ok' end,
            case when sent = 'unexplained' or sent = 'confirmed' and outcome <> 'ok' then due_again end,
            case when sent in ('doubt', 'untouched') then case when tried then statement_timestamp() else now() end end,
            :run, withheld
     from folded
     where ${applied} or sent in ('confirmed', 'doubt', 'unexplained') or withheld is not null
     ${withoutIndex ? '' : NO_LONGER_WAITING}`,
    { run: run.run },
  );
  if (withoutIndex) await trx.raw(`alter table ${members} add constraint ${key} primary key (mark)`);
}

/**
 * @returns whether it was dropped; a frozen worker that still reads the table must not prevent the activation from
 *   settling
 */
async function dropIndex(trx: Knex.Transaction, members: string, key: string): Promise<boolean> {
  const drop = async (nested: Knex.Transaction) => {
    await nested.raw(`set local lock_timeout = '2s'`);
    await nested.raw(`alter table ${members} drop constraint ${key}`);
    await nested.raw(`set local lock_timeout = '${LONGEST_WAIT}'`);
  };
  return trx.transaction(drop).then(
    () => true,
    (error: { code?: string }) => {
      if (error.code === '55P03') return false; // lock_not_available
      throw error;
    },
  );
}

/**
 * The last confirmed hashes. After a change of the mapping that was not sent yet, only the hashes of attributes that
 * are still mapped are kept, with zeros for the rest. A removed attribute must not count as confirmed if it is mapped
 * again, because others may have written it meanwhile.
 */
function hashesSql({ definition }: PlannedRun, remapped: boolean): string {
  const pieces = definition.activation.attributes.map((_, index) => {
    const piece = `substring(folded.hashes from ${8 * index + 1} for 8)`;
    return `case when position(${piece} in m.hashes) > 0 then ${piece} else '\\x0000000000000000' end`;
  });
  const still =
    remapped && pieces.length > 0
      ? `when sent = 'untouched' and m.hashes is not null then ${pieces.join(' || ')}`
      : '';
  return `case when ${LOSES_PROFILE} then null
               when sent in ('confirmed', 'kept', 'nothing') then folded.hashes
               when sent in ('doubt', 'unexplained') or ${STILL_TO_RESEND} or ${CHANGES_PROFILE} then null ${still} else m.hashes end`;
}

/**
 * For members whose attributes were not read, it is unknown which of their hashes are still mapped. All others have a
 * row.
 */
async function forgetOldHashes(trx: Knex, { activation, delta }: PlannedRun): Promise<void> {
  await trx.raw(
    `update ${membersTable(activation)} m set attribute_mark = null, hashes = null
     where (hashes is not null or attribute_mark is not null)
       and not exists (select from ${delta} d where d.mark = m.mark and attributes is not null)`,
  );
}

async function countFolded(trx: Knex, { run, delta }: PlannedRun): Promise<Folded> {
  const [counts] = await rows<Record<keyof Folded, string>>(
    trx,
    // Grouped by value first, so the texts of a million rows are compared once and not for each count.
    `with ${foldedSql(run, delta)},
     fared as (select sent, outcome, count(*) as members from folded group by sent, outcome)
     select coalesce(sum(members) filter (where sent = 'confirmed' and outcome = 'ok'), 0) as updated,
            coalesce(sum(members) filter (where sent = 'confirmed' and outcome = 'unmatched'), 0) as unmatched,
            coalesce(sum(members) filter (where sent = 'confirmed' and outcome = 'refused'), 0) as refused,
            coalesce(sum(members) filter (where sent in ('doubt', 'untouched', 'unexplained')), 0) as unsent,
            (select count(*) from rejects where run = ? and stage = 'import' and attribute <> '') as "badValues"
     from fared`,
    [run],
  );
  return Object.fromEntries(
    Object.entries(counts!).map(([name, value]) => [name, Number(value)]),
  ) as unknown as Folded;
}
