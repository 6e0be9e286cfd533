import type { Knex } from 'knex';
import { deltaTable } from '../names.ts';
import { rows } from '../state.ts';

/** Actito takes files of at most 100 MB. */
export const MAX_CHUNK_BYTES = 90_000_000;

/**
 * One import file: the members of one pattern whose keys lie in a range. The pattern says which attributes the
 * file leaves out, so a file is a pure function of its run and chunk.
 */
export interface Chunk {
  no: number;
  /** A bit per attribute, `1` = left out; starts with `v`s for rows set aside because of a bad value, `c` for a canary. */
  pattern: string;
  firstKey: string;
  lastKey: string;
  members: number;
  /** Since when one of its members waits for an import in vain, over runs; null: nobody does. */
  waitsSince: Date | null;
}

/** Which attributes a pattern leaves out, by index. */
export function omittedAttributes(pattern: string): boolean[] {
  return [...pattern.replace(/^[vc]+/, '')].map((bit) => bit === '1');
}

/**
 * Cuts what is to be sent into chunks, as few and as large as allowed, for the patterns that have none yet.
 * Only a pattern beyond the limit pays for a sort.
 */
export async function assignChunks(trx: Knex, run: string, limit = MAX_CHUNK_BYTES): Promise<number> {
  const delta = deltaTable(run);
  const patterns = await rows<{ pattern: string; pieces: number }>(
    trx,
    `select pattern, cast(ceil(sum(bytes) / cast(:limit as numeric)) as integer) as pieces
     from ${delta} where pattern is not null and pattern not in (select pattern from chunks where run = :run)
     group by pattern order by pattern`,
    { run, limit },
  );
  for (const { pattern, pieces } of patterns) {
    const piece =
      pieces === 1 ? '0' : `floor((sum(bytes) over (order by key) - 1) / cast(:limit as numeric))`;
    await trx.raw(
      `insert into chunks (run, no, pattern, first_key, last_key, members, waits_since)
       select :run, (select coalesce(max(no), 0) from chunks where run = :run) + row_number() over (order by piece),
              :pattern, min(key), max(key), count(*), min(waits_since)
       from (select key, waits_since, ${piece} as piece from ${delta} where pattern = :pattern) as sized
       group by piece`,
      { run, pattern, ...(pieces === 1 ? {} : { limit }) },
    );
  }
  return patterns.length;
}

/**
 * Sets so many of those who enter the list apart, with a chunk of their own: they are sent before anyone else. A sample of
 * the pattern that most of them have; nobody when there are not more of them. Before chunks are assigned.
 */
export async function setCanaryApart(trx: Knex, run: string, size: number): Promise<void> {
  const delta = deltaTable(run);
  const entering = `membership = 'added' and attributes is not null and pattern like '%0%'`;
  const [most] = await rows<{ pattern: string; all: string }>(
    trx,
    `select pattern, sum(count(*)) over () as all from ${delta} where ${entering}
     group by pattern order by count(*) desc limit 1`,
  );
  if (!most || Number(most.all) <= size) return;
  await trx.raw(
    `update ${delta} set pattern = 'c' || pattern
     where key in (select key from ${delta} where ${entering} and pattern = :pattern
                   order by hashtextextended(key, 0) limit :size)`,
    { pattern: most.pattern, size },
  );
}

/** True of a chunk that {@link setCanaryApart} made. */
export function isCanary({ pattern }: Chunk): boolean {
  return pattern.startsWith('c');
}

/**
 * The chunks of a run, in the order in which they are sent: what waits longest goes first, so that no pattern starves
 * when the day's quota lets fewer imports through than there are; then the largest.
 */
export async function readChunks(db: Knex, run: string): Promise<Chunk[]> {
  const found = await rows<Omit<Chunk, 'members'> & { members: string }>(
    db,
    `select no, pattern, first_key as "firstKey", last_key as "lastKey", members, waits_since as "waitsSince"
     from chunks where run = ?
     order by waits_since nulls last, waits_since is not null and pattern like 'v%' desc, members desc, no`,
    [run],
  );
  return found.map((chunk) => ({ ...chunk, members: Number(chunk.members) }));
}
