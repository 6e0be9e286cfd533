import { interval, RETRY_AFTER } from '../../activation/periods.ts';
import { asideTable, resultTable } from '../names.ts';

/**
 * SQL: CTE `folded`, a run's delta with the result of each row. `sent`: `confirmed`; `doubt` (it may have arrived);
 * `unexplained` (Actito reports errors without naming the rows); `untouched` (it did not arrive); `nothing` (there was
 * nothing to send); `kept` (confirmed by an earlier run, with another mapping); null (its attributes did not change).
 * @param rows a condition on the delta, so that other rows are skipped
 */
export function foldedSql(run: string, delta: string, rows = 'true'): string {
  return `
    chunk_state as (
      select chunks.pattern, first_row, last_row,
             case when bool_or(result = 'confirmed') then 'confirmed'
                  when bool_or(coalesce(result, status) in ('intended', 'posted', 'lost', 'doubtful')) then 'doubt'
                  when bool_or(result = 'unexplained') then 'unexplained'
                  else 'untouched'
             end as state,
             coalesce(bool_or(intended_at is not null and not limited), false) as tried,
             max(finished_at) as finished_at
      from chunks
      left join import_parts part on part.run = chunks.run and part.chunk = chunks.no
      left join imports on imports.id = part.import
      where chunks.run = ${run} group by chunks.run, chunks.no
    ),
    folded as (
      select d.mark, d.key, identifier, identifier_mark, attribute_mark, hashes, known, membership, attributes,
             case when attributes is null then null
                  when attributes = 'kept' then 'kept'
                  when coalesce(aside.pattern, d.pattern) not like '%0%' then 'nothing'
                  else coalesce(chunk_state.state, 'untouched') end as sent,
             -- Refused for a value, and sent without it.
             coalesce(nullif(result.outcome, 'again'), 'ok') as outcome,
             -- A bit per attribute that was left out, behind the letters of rows that are apart.
             coalesce(aside.pattern, d.pattern) as pattern,
             -- The hashes of values that Actito refused.
             case when refused is not null then (
               select string_agg(substring(d.hashes from 8 * place - 7 for 8), '')
               from generate_series(1, length(refused)) as place where get_bit(refused, place - 1) = 1
             ) end as withheld,
             coalesce(tried, false) as tried,
             -- Counted from the result: a killed run may be settled much later.
             coalesce(finished_at, now()) + ${interval(RETRY_AFTER)} as due_again
      from ${delta} d
      left join ${asideTable(run)} aside on aside.mark = d.mark
      left join chunk_state on chunk_state.pattern = coalesce(aside.pattern, d.pattern)
                           and d.ctid between first_row and last_row
      left join ${resultTable(run)} result on result.mark = d.mark
      where ${rows}
      offset 0 -- else \`sent\` is worked out anew wherever it is read
    )`;
}
