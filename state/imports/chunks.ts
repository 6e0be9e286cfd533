import type { Knex } from 'knex';
import { keyMark } from '../../activation/comparison/marks.ts';
import { withoutForgotten } from '../forgotten/rejects.ts';
import { asideTable, membersTable } from '../names.ts';
import { fenced, oneAtATime, type Fence } from '../runs/lease.ts';
import type { Run } from '../runs/runs.ts';
import { rows, type State } from '../state.ts';

/** Actito takes files of at most 100 MB. */
export const MAX_CHUNK_BYTES = 90_000_000;

/**
 * One import file: the members of one pattern in a range of the delta's rows. The pattern says which attributes the file
 * leaves out, so a file is a pure function of its run and chunk.
 */
export interface Chunk {
  no: number;
  /**
   * A bit per attribute, `1` = left out. Before them `c` for a canary, `v`s for rows set aside because of a bad value, `r`s for
   * rows that Actito refused for a value, and that go again without it.
   */
  pattern: string;
  /** Positions of rows in the delta, as PostgreSQL's tid. */
  firstRow: string;
  lastRow: string;
  /** An upper bound of its file's. */
  bytes: number;
  members: number;
  /** Members that are only sent again. */
  retries: number;
  /** Since when one of its members waits for an import in vain, over runs; null: nobody does. */
  waitsSince: Date | null;
}

/** Which attributes a pattern leaves out, by index. */
export function omittedAttributes(pattern: string): boolean[] {
  return [...pattern.replace(/^[a-z]+/, '')].map((bit) => bit === '1');
}

/**
 * Cuts what is to be sent into chunks, as few and as large as allowed, for the patterns that have none yet. A chunk is a
 * range of positions, so that its file is read without a scan of the whole delta. Only a pattern beyond the limit pays for
 * a sort.
 */
export async function assignChunks(trx: Knex, run: Run, limit = MAX_CHUNK_BYTES): Promise<number> {
  const { run: no, delta } = run;
  // Whoever was planned has a chunk since then: only rows set aside later can lack one.
  const [found] = await rows<{ done: boolean }>(
    trx,
    `select exists (select from chunks where run = :no) and not exists (select from ${asideTable(no)}) as done`,
    { no },
  );
  if (found!.done) return 0;
  const [activation] = await rows<{ waiting: boolean }>(trx, 'select waiting from activations where id = ?', [
    run.activation,
  ]);
  // Members are looked up only if one of them waits.
  const sent = `
    select d.ctid as place, coalesce(aside.pattern, d.pattern) as pattern, bytes, attributes = 'retry' as again, waits_since
    from ${delta} d
    left join ${asideTable(no)} aside on aside.mark = d.mark
    left join ${membersTable(run.activation)} m on ${activation!.waiting} and m.mark = d.mark
    where attributes is not null and attributes <> 'kept'`;
  const patterns = await rows<{ pattern: string; pieces: number }>(
    trx,
    `select pattern, cast(ceil(sum(bytes) / cast(:limit as numeric)) as integer) as pieces
     from (${sent}) as sent
     where pattern not in (select pattern from chunks where run = :no)
       and pattern not like 'n%' -- they wait for the next run
     group by pattern order by pattern`,
    { no, limit },
  );
  for (const { pattern, pieces } of patterns) {
    // Whole numbers, and rows instead of peers: a window over texts or numerics takes half as long again.
    const piece =
      pieces === 1
        ? '0'
        : `(sum(bytes) over (order by place rows unbounded preceding) - 1) / cast(:limit as bigint)`;
    await trx.raw(
      `insert into chunks (run, no, pattern, first_row, last_row, bytes, members, retries, waits_since)
       select :no, (select coalesce(max(no), 0) from chunks where run = :no) + row_number() over (order by piece),
              :pattern, min(place), max(place), sum(bytes), count(*), count(*) filter (where again), min(waits_since)
       from (select *, ${piece} as piece from (${sent}) as sent where pattern = :pattern) as cut
       group by piece`,
      { no, pattern, limit },
    );
  }
  return patterns.length;
}

/**
 * Sets so many of those who enter the list apart, with a chunk of their own: they are sent before anyone else. A sample of
 * the pattern that most of them have; nobody when there are not more of them. Whoever is apart already, for a value that was
 * refused before, stays there. Before chunks are assigned.
 */
export async function setCanaryApart(trx: Knex, { run, delta }: Run, size: number): Promise<void> {
  const entering = `membership = 'added' and attributes is not null and pattern like '%0%'
                    and not exists (select from ${asideTable(run)} aside where aside.mark = d.mark)`;
  const [most] = await rows<{ pattern: string; all: string }>(
    trx,
    `select pattern, sum(count(*)) over () as all from ${delta} d where ${entering}
     group by pattern order by count(*) desc limit 1`,
  );
  if (!most || Number(most.all) <= size) return;
  await trx.raw(
    `insert into ${asideTable(run)} (mark, pattern)
     select mark, 'c' || pattern from ${delta} d where ${entering} and pattern = :pattern
     order by hashtextextended(key, 0) limit :size`,
    { pattern: most.pattern, size },
  );
}

/** True of a chunk that {@link setCanaryApart} made. */
export function isCanary({ pattern }: Pick<Chunk, 'pattern'>): boolean {
  return pattern.startsWith('c');
}

/**
 * Gives members a pattern apart from their row's. A pattern that has its chunks already is closed, since they may have been
 * sent: it gets its letter once more. A member that leaves out the same already stays where it is.
 */
export async function putAside(
  trx: Knex,
  run: string,
  letter: 'v' | 'r' | 'n',
  { marks, patterns }: { marks: string[]; patterns: string[] },
): Promise<void> {
  await trx.raw(
    `with closed as (
       select ltrim(pattern, :letter) as bits, count(distinct pattern) as times
       from chunks where run = :run and pattern like :letter || '%' group by 1
     )
     insert into ${asideTable(run)} as former (mark, pattern)
     select distinct on (mark) mark, repeat(:letter, 1 + cast(coalesce(times, 0) as integer)) || found.pattern
     from unnest(cast(:marks as uuid[]), cast(:patterns as text[])) as found (mark, pattern)
     left join closed on closed.bits = found.pattern
     on conflict (mark) do update set pattern = excluded.pattern
     where ltrim(former.pattern, 'vrn') <> ltrim(excluded.pattern, 'vrn')`,
    { run, letter, marks, patterns },
  );
}

/** A member whose values cannot all be sent. */
export interface Aside {
  key: string;
  /** A bit per attribute, that leaves out its bad values too. */
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
    await putAside(trx, fence.run, 'v', { marks, patterns: set.map((row) => row.pattern) });
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

/**
 * The chunks of a run, in the order in which they are sent: what waits longest goes first, so that no pattern starves
 * when the day's quota lets fewer imports through than there are; then the largest.
 */
export async function readChunks(db: Knex, run: string): Promise<Chunk[]> {
  return rows<Chunk>(
    db,
    `select no, pattern, first_row as "firstRow", last_row as "lastRow", cast(bytes as float8) as bytes,
            cast(members as float8) as members, cast(retries as float8) as retries, waits_since as "waitsSince"
     from chunks where run = ?
     order by waits_since nulls last, waits_since is not null and pattern ~ '^[vr]' desc, chunks.members desc, no`,
    [run],
  );
}

export async function readChunk(db: Knex, run: string, no: number): Promise<Chunk> {
  return (await readChunks(db, run)).find((chunk) => chunk.no === no)!;
}

/** SQL: the rows `d` of a run's delta that belong to a chunk, to follow `from`; texts are literals, since COPY takes no parameters. */
export function chunkRowsSql(
  { run, delta }: Pick<Run, 'run' | 'delta'>,
  { pattern, firstRow, lastRow }: Pick<Chunk, 'pattern' | 'firstRow' | 'lastRow'>,
): string {
  const aside = asideTable(run);
  const range = `d.ctid between '${firstRow}' and '${lastRow}'`;
  if (/^[vcr]/.test(pattern))
    return `${delta} d join ${aside} aside on aside.mark = d.mark and aside.pattern = '${pattern}' and ${range}`;
  return `(select * from ${delta} d
           where ${range} and pattern = '${pattern}'
             and not exists (select from ${aside} aside where aside.mark = d.mark)) d`;
}
