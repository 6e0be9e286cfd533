import type { Knex } from 'knex';
import { valueColumns } from '../../activation/comparison/delta-lines.ts';
import { withRows } from '../copy.ts';
import { asideTable, membersTable } from '../names.ts';
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
  /** A bit per attribute, `1` = left out; starts with `v`s for rows set aside because of a bad value, `c` for a canary. */
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
  return [...pattern.replace(/^[vc]+/, '')].map((bit) => bit === '1');
}

/**
 * Cuts what is to be sent into chunks, as few and as large as allowed, for the patterns that have none yet. A chunk is a
 * range of positions, so that its file is read without a scan of the whole delta. Only a pattern beyond the limit pays for
 * a sort.
 */
export async function assignChunks(trx: Knex, run: Run, limit = MAX_CHUNK_BYTES): Promise<number> {
  const { run: no, delta } = run;
  const waits = await isAnyoneWaiting(trx, run); // else no member is looked up
  const sent = `
    select d.ctid as place, coalesce(aside.pattern, d.pattern) as pattern, bytes, attributes = 'retry' as again, waits_since
    from ${delta} d
    left join ${asideTable(no)} aside on aside.mark = d.mark
    left join ${membersTable(run.activation)} m on ${waits} and m.mark = d.mark
    where attributes is not null and attributes <> 'kept'`;
  const patterns = await rows<{ pattern: string; pieces: number }>(
    trx,
    `select pattern, cast(ceil(sum(bytes) / cast(:limit as numeric)) as integer) as pieces
     from (${sent}) as sent where pattern not in (select pattern from chunks where run = :no)
     group by pattern order by pattern`,
    { no, limit },
  );
  for (const { pattern, pieces } of patterns) {
    const piece =
      pieces === 1 ? '0' : `floor((sum(bytes) over (order by place) - 1) / cast(:limit as numeric))`;
    await trx.raw(
      `insert into chunks (run, no, pattern, first_row, last_row, bytes, members, retries, waits_since)
       select :no, (select coalesce(max(no), 0) from chunks where run = :no) + row_number() over (order by piece),
              :pattern, min(place), max(place), sum(bytes), count(*), count(*) filter (where again), min(waits_since)
       from (select *, ${piece} as piece from (${sent}) as sent where pattern = :pattern) as cut
       group by piece`,
      { no, pattern, ...(pieces === 1 ? {} : { limit }) },
    );
  }
  return patterns.length;
}

async function isAnyoneWaiting(trx: Knex, { activation }: Run): Promise<boolean> {
  const [found] = await rows<{ waiting: boolean }>(trx, 'select waiting from activations where id = ?', [
    activation,
  ]);
  return found!.waiting;
}

/**
 * Sets so many of those who enter the list apart, with a chunk of their own: they are sent before anyone else. A sample of
 * the pattern that most of them have; nobody when there are not more of them. Before chunks are assigned.
 */
export async function setCanaryApart(trx: Knex, { run, delta }: Run, size: number): Promise<void> {
  const entering = `membership = 'added' and attributes is not null and pattern like '%0%'`;
  const [most] = await rows<{ pattern: string; all: string }>(
    trx,
    `select pattern, sum(count(*)) over () as all from ${delta} where ${entering}
     group by pattern order by count(*) desc limit 1`,
  );
  if (!most || Number(most.all) <= size) return;
  await trx.raw(
    `insert into ${asideTable(run)} (mark, pattern)
     select mark, 'c' || pattern from ${delta} where ${entering} and pattern = :pattern
     order by hashtextextended(key, 0) limit :size`,
    { pattern: most.pattern, size },
  );
}

/** True of a chunk that {@link setCanaryApart} made. */
export function isCanary({ pattern }: Pick<Chunk, 'pattern'>): boolean {
  return pattern.startsWith('c');
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
     order by waits_since nulls last, waits_since is not null and pattern like 'v%' desc, chunks.members desc, no`,
    [run],
  );
}

export async function readChunk(db: Knex, run: string, no: number): Promise<Chunk> {
  return (await readChunks(db, run)).find((chunk) => chunk.no === no)!;
}

/** Hands `use` the members of a chunk with their values as lines of COPY text, in no order. */
export async function withChunkRows<T>(
  state: State,
  run: Run,
  chunk: Chunk,
  use: (batches: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  const columns = ['key', ...valueColumns(run.definition.activation.attributes.length)];
  const values = columns.map((column) => `d.${column}`).join(', ');
  // An import file takes in each batch before it asks for the next.
  return withRows(state, `select ${values} from ${chunkRowsSql(run, chunk)}`, use, { reuse: true });
}

/** SQL: the rows `d` of a run's delta that belong to a chunk, to follow `from`; texts are literals, since COPY takes no parameters. */
export function chunkRowsSql(
  { run, delta }: Pick<Run, 'run' | 'delta'>,
  { pattern, firstRow, lastRow }: Pick<Chunk, 'pattern' | 'firstRow' | 'lastRow'>,
): string {
  const aside = asideTable(run);
  const range = `d.ctid between '${firstRow}' and '${lastRow}'`;
  if (/^[vc]/.test(pattern))
    return `${delta} d join ${aside} aside on aside.mark = d.mark and aside.pattern = '${pattern}' and ${range}`;
  return `(select * from ${delta} d
           where ${range} and pattern = '${pattern}'
             and not exists (select from ${aside} aside where aside.mark = d.mark)) d`;
}
