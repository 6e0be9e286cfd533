import { keyMark } from '../../activation/comparison/marks.ts';
import { withoutForgotten } from '../forgotten/rejects.ts';
import { fenced, oneAtATime, type Fence } from '../runs/lease.ts';
import { asideTable, membersTable } from '../names.ts';
import type { Run } from '../runs/runs.ts';
import { rows, type State } from '../state.ts';

/** A member whose values cannot all be sent. */
export interface Aside {
  key: string;
  /** Leaves out its bad values too. */
  pattern: string;
  bad: { attribute: string; reason: string | null }[];
}

/**
 * Sets members aside whose values cannot all be sent. They go with chunks of their own. Idempotent. A pattern that has its
 * chunks already is closed, it may have been sent: who is set aside later gets one with another `v`.
 * @param seeds of the activation's key marks
 * @returns since when one of them waits for an import in vain; null: nobody does
 */
export async function setAside(
  state: State,
  fence: Fence,
  { activation }: Pick<Run, 'activation'>,
  seeds: readonly [bigint, bigint],
  set: Aside[],
): Promise<Date | null> {
  return fenced(state, fence, async (trx) => {
    await oneAtATime(trx, fence.run); // an attempt that was given up may still cut chunks
    const marks = set.map(({ key }) => keyMark(key, seeds));
    await trx.raw(
      `with closed as (
         select ltrim(pattern, 'v') as bits, count(distinct pattern) as times
         from chunks where run = :run and pattern like 'v%' group by 1
       )
       insert into ${asideTable(fence.run)} (mark, pattern)
       select mark, repeat('v', cast(coalesce(times, 0) as integer)) || found.pattern
       from unnest(cast(:marks as uuid[]), cast(:patterns as text[])) as found (mark, pattern)
       left join closed on closed.bits = ltrim(found.pattern, 'v')
       on conflict (mark) do update set pattern = excluded.pattern`,
      { run: fence.run, marks, patterns: set.map((row) => row.pattern) },
    );
    const values = set
      .flatMap(({ key, bad }) => bad.map((value) => ({ key, ...value })))
      .filter(({ reason }) => reason);
    const bad = await withoutForgotten(trx, fence.run, values);
    await trx.raw(
      `insert into rejects (run, stage, key, reason, attribute)
       select :run, 'import', key, reason, attribute
       from unnest(cast(:keys as text[]), cast(:reasons as text[]), cast(:attributes as text[]))
         as bad (key, reason, attribute)
       on conflict do nothing`,
      {
        run: fence.run,
        keys: bad.map((value) => value.key),
        reasons: bad.map((value) => value.reason),
        attributes: bad.map((value) => value.attribute),
      },
    );
    const [found] = await rows<{ waitsSince: Date | null }>(
      trx,
      `select min(waits_since) as "waitsSince" from ${membersTable(activation)} where mark = any(cast(? as uuid[]))`,
      [marks],
    );
    return found!.waitsSince;
  });
}
