import { fenced, oneAtATime, type Fence } from '../runs/lease.ts';
import { deltaTable } from '../names.ts';
import { rows, type State } from '../state.ts';

/**
 * Sets members aside whose values cannot all be sent: `pattern` then leaves out their bad values too. They go with
 * chunks of their own. Idempotent. A pattern that has its chunks already is closed, it may have been sent: who is
 * set aside later gets one with another `v`.
 * @returns since when one of them waits for an import in vain; null: nobody does
 */
export async function setAside(
  state: State,
  fence: Fence,
  set: { key: string; pattern: string; bad: { attribute: string; reason: string | null }[] }[],
): Promise<Date | null> {
  return fenced(state, fence, async (trx) => {
    await oneAtATime(trx, fence.run); // an attempt that was given up may still cut chunks
    const delta = deltaTable(fence.run);
    await trx.raw(`create index if not exists ${delta}_key on ${delta} (key)`);
    const [found] = await rows<{ waitsSince: Date | null }>(
      trx,
      `with closed as (
         select ltrim(pattern, 'v') as bits, count(distinct pattern) as times
         from chunks where run = :run and pattern like 'v%' group by 1
       ),
       moved as (
         update ${delta} delta set pattern = repeat('v', cast(coalesce(times, 0) as integer)) || aside.pattern
         from unnest(cast(:keys as text[]), cast(:patterns as text[])) as aside (key, pattern)
         left join closed on closed.bits = ltrim(aside.pattern, 'v')
         where delta.key = aside.key returning waits_since
       )
       select min(waits_since) as "waitsSince" from moved`,
      { run: fence.run, keys: set.map((row) => row.key), patterns: set.map((row) => row.pattern) },
    );
    const bad = set
      .flatMap(({ key, bad }) => bad.map((value) => ({ key, ...value })))
      .filter(({ reason }) => reason);
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
    return found!.waitsSince;
  });
}
