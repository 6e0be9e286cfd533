import type { Knex } from 'knex';
import { isSameMapping, lastMapping } from '../plan/mapping-change.ts';
import { deltaTable, membersTable, resultTable } from '../names.ts';
import type { Run } from '../runs/runs.ts';
import { rows } from '../state.ts';

/** How the members fared whose attributes were to be sent. */
export interface Folded {
  updated: number;
  unmatched: number;
  refused: number;
  badValues: number;
  unsent: number;
}

/** Refused and unmatched members, and files with errors that nothing explains, are tried again after this. */
const RETRY_AFTER = `interval '24 hours'`;

/**
 * The delta with what became of each row. `sent`: `confirmed`, `doubt` (something may have arrived), `unexplained`
 * (doubt, but not before tomorrow), `untouched` (surely nothing arrived), `kept` (confirmed by an earlier run, under another
 * mapping), null (nothing was to be sent).
 * A chunk that leaves every attribute out has nothing to send, and is confirmed by that.
 */
function foldedSql(run: string): string {
  return `
    chunk_state as (
      select chunks.pattern, first_key, last_key,
             case when chunks.pattern not like '%0%' or bool_or(status = 'confirmed') then 'confirmed'
                  when bool_or(status in ('intended', 'posted', 'doubtful')) then 'doubt'
                  when bool_or(status = 'unexplained') then 'unexplained'
                  else 'untouched'
             end as state,
             coalesce(bool_or(not limited), false) as tried,
             max(finished_at) as finished_at
      from chunks left join imports on imports.run = chunks.run and imports.chunk = chunks.no
      where chunks.run = ${run} group by chunks.run, chunks.no
    ),
    folded as (
      select delta.key, identifier, membership, hashes, known,
             case when attributes = 'confirmed' then 'kept'
                  when attributes is not null then coalesce(chunk_state.state, 'untouched') end as sent,
             coalesce(result.outcome, 'ok') as outcome,
             coalesce(tried, false) as tried,
             -- Counted from the result: a killed run may be settled much later.
             coalesce(finished_at, now()) + ${RETRY_AFTER} as due_again
      from ${deltaTable(run)} delta
      left join chunk_state on chunk_state.pattern = delta.pattern
                           and delta.key between chunk_state.first_key and chunk_state.last_key
      left join ${resultTable(run)} result on result.key = delta.key
    )`;
}

/**
 * Folds a run's delta into its activation's members. `listIsRight`: the list now holds the planned membership.
 * A member in doubt keeps no hashes, so that it is sent again even when its values go back to what they were.
 */
export async function foldMembers(trx: Knex.Transaction, run: Run, listIsRight: boolean): Promise<Folded> {
  const members = membersTable(run.activation);
  const folded = foldedSql(run.run);
  const { activation, openedAt } = run;
  const bindings = { right: listIsRight, run: run.run, activation, openedAt };
  const counts = await countFolded(trx, run.run);
  const remapped = !isSameMapping(run, await lastMapping(trx, run));

  await trx.raw(
    `delete from ${members} using ${deltaTable(run.run)} delta
     where delta.key = ${members}.key and known
       and (membership = 'forgotten' or (membership = 'removed' and cast(:right as boolean)))`,
    { right: listIsRight },
  );
  await trx.raw(
    `with ${folded}
     update ${members} m
     set listed = m.listed or (membership = 'added' and cast(:right as boolean)),
         since = case when membership = 'added' and cast(:right as boolean) then :run else since end,
         identifier = case when membership in ('added', 'reidentified') and cast(:right as boolean)
                           then folded.identifier else m.identifier end,
         hashes = case when sent in ('confirmed', 'kept') then folded.hashes
                       when sent in ('doubt', 'unexplained') then null
                       ${remapped ? `when sent = 'untouched' then ${stillConfirmedSql(run)}` : ''} else m.hashes end,
         outcome = case when sent = 'confirmed' then folded.outcome else m.outcome end,
         retry_at = case when sent = 'confirmed' and folded.outcome = 'ok' or sent = 'doubt' then null
                         when sent in ('confirmed', 'unexplained') then folded.due_again
                         else m.retry_at end,
         waits_since = ${run.request.undo === undefined ? waitsSince('coalesce(m.waits_since, now())') : 'm.waits_since'},
         missing_run = case when membership = 'leaving' then cast(:run as bigint) end,
         missing_since = case when membership = 'leaving' then cast(:openedAt as timestamptz) end,
         missing_after = case when membership = 'leaving'
                              then (select succeeded_runs from activations where id = :activation) end
     from folded
     where folded.key = m.key and known and coalesce(membership, '') not in ('removed', 'forgotten')
       and not (membership is not distinct from 'leaving' and m.missing_run is not null)`,
    bindings,
  );
  if (remapped) await forgetHashesOfLeaving(trx, run);
  await trx.raw(
    `with ${folded}
     insert into ${members} (key, identifier, listed, hashes, outcome, retry_at, waits_since, since)
     select key, identifier, cast(:right as boolean),
            case when sent = 'confirmed' then hashes end,
            case when sent = 'confirmed' then outcome else 'ok' end,
            case when sent = 'unexplained' or sent = 'confirmed' and outcome <> 'ok' then due_again end,
            ${waitsSince('now()')},
            :run
     from folded
     where not known and (cast(:right as boolean) or sent in ('confirmed', 'doubt', 'unexplained'))`,
    bindings,
  );
  return counts;
}

/** They are not read, so nobody knows which of their hashes are still mapped. */
async function forgetHashesOfLeaving(trx: Knex.Transaction, run: Run): Promise<void> {
  const members = membersTable(run.activation);
  await trx.raw(
    `update ${members} set hashes = null from ${deltaTable(run.run)} delta
     where delta.key = ${members}.key and membership = 'leaving' and ${members}.hashes is not null`,
  );
}

/**
 * What of the acknowledged hashes is still mapped, and zeros for the rest: what a removed attribute was must not be taken
 * for confirmed should it be mapped again, since then others may have written it.
 */
function stillConfirmedSql({ definition }: Run): string {
  const pieces = definition.activation.attributes.map((_, index) => {
    const piece = `substring(folded.hashes from ${8 * index + 1} for 8)`;
    return `case when position(${piece} in m.hashes) > 0 then ${piece} else '\\x0000000000000000' end`;
  });
  return `case when m.hashes is not null and folded.hashes is not null then ${pieces.join(' || ')} else m.hashes end`;
}

/**
 * Since when a member waits for an import. Who had a turn that came to nothing lines up anew: a file that Actito refuses
 * again and again must not keep all others from the day's few imports.
 */
function waitsSince(unlessTried: string): string {
  return `case when sent is null or sent in ('confirmed', 'kept', 'unexplained') then null
               when tried then statement_timestamp() -- behind those who wait from this settling on
               else ${unlessTried} end`;
}

async function countFolded(trx: Knex, run: string): Promise<Folded> {
  const [counts] = await rows<Record<keyof Folded, string>>(
    trx,
    `with ${foldedSql(run)}
     select count(*) filter (where sent = 'confirmed' and outcome = 'ok') as updated,
            count(*) filter (where sent = 'confirmed' and outcome = 'unmatched') as unmatched,
            count(*) filter (where sent = 'confirmed' and outcome = 'refused') as refused,
            count(*) filter (where sent not in ('confirmed', 'kept')) as unsent,
            (select count(*) from rejects where run = ? and stage = 'import' and attribute <> '') as "badValues"
     from folded`,
    [run],
  );
  return Object.fromEntries(
    Object.entries(counts!).map(([name, value]) => [name, Number(value)]),
  ) as unknown as Folded;
}
