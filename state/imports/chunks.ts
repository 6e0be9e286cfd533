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
 * One import file: the members of one pattern in a range of the delta's rows. The pattern defines which attributes the
 * file leaves out, so a file depends only on its run and chunk.
 */
export interface Chunk {
  no: number;
  /**
   * One bit per attribute, `1` = left out. Prefixes: `c` for a canary, `v` for rows set aside because of a bad value,
   * `r` for rows that Actito rejected because of a value and that are sent again without it. Prefixes can repeat.
   */
  pattern: string;
  /** Positions of rows in the delta, as PostgreSQL's tid. */
  firstRow: string;
  lastRow: string;
  /** An upper bound of the file's size. */
  bytes: number;
  members: number;
  /** Members that are only sent again. */
  retries: number;
  /** Since when the longest waiting member waits for an import, over several runs; null if none waits. */
  waitsSince: Date | null;
}

/** Returns which attributes a pattern leaves out, by index. */
export function omittedAttributes(pattern: string): boolean[] {
  return [...pattern.replace(/^[a-z]+/, '')].map((bit) => bit === '1');
}

/**
 * Divides the rows to send into chunks, as few and as large as allowed, for the patterns that have none yet. A chunk is
 * a range of positions, so its file is read without a scan of the whole delta. Only a pattern above the limit needs a
 * sort.
 */
export async function assignChunks(trx: Knex, run: Run, limit = MAX_CHUNK_BYTES): Promise<number> {
  const { run: no, delta } = run;
  // All planned rows have a chunk since then, so only rows that were set aside later can lack one.
  const [found] = await rows<{ done: boolean }>(
    trx,
    `select exists (select from chunks where run = :no) and not exists (select from ${asideTable(no)}) as done`,
    { no },
  );
  if (found!.done) return 0;
  const [activation] = await rows<{ waiting: boolean }>(trx, 'select waiting from activations where id = ?', [
    run.activation,
  ]);
  // Members are read only if one of them waits.
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
    // Integers, and rows instead of peers: a window over texts or numerics takes 1.5 times as long.
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
 * Sets this number of added members aside in their own chunk, which is sent first. They are a sample of the most
 * frequent pattern; none if it has no more members than that. Members that are already set aside because of a rejected
 * value stay there. Call it before chunks are assigned.
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

/** Whether a chunk was made by {@link setCanaryApart}. */
export function isCanary({ pattern }: Pick<Chunk, 'pattern'>): boolean {
  return pattern.startsWith('c');
}

/**
 * Gives members another pattern than their row's. A pattern that already has chunks is closed, because they may have
 * been sent: then the prefix is repeated. A member that already leaves out the same attributes stays where it is.
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

/** A member with values that cannot be sent. */
export interface Aside {
  key: string;
  /** One bit per attribute; the bad values are left out too. */
  pattern: string;
  bad: { attribute: string; reason: string | null }[];
}

/**
 * Sets members aside that have values which cannot be sent. They are sent in their own chunks. Idempotent. A pattern
 * that already has chunks is closed, because it may have been sent: members who are set aside later get another `v`.
 * @param seeds the seeds of the activation's key marks
 * @returns since when the longest waiting of them waits for an import; null if none waits
 */
export async function setAside(
  state: State,
  fence: Fence,
  { activation }: Pick<Run, 'activation'>,
  seeds: readonly [bigint, bigint],
  set: Aside[],
): Promise<Date | null> {
  return fenced(state, fence, async (trx) => {
    await oneAtATime(trx, fence.run); // an abandoned attempt may still divide rows into chunks
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
 * Returns the chunks of a run in the order of sending. The longest wait goes first, so that no pattern starves if the
 * day's quota allows fewer imports than there are; then the largest.
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

/**
 * SQL: the rows `d` of a run's delta that belong to a chunk, for use after `from`. Texts are literals, because COPY
 * takes no parameters.
 */
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
