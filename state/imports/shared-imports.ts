import type { Knex } from 'knex';
import { chunkRowsSql, MAX_CHUNK_BYTES, type Chunk } from './chunks.ts';
import { USED } from './imports.ts';
import { fenced, type Fence } from '../runs/lease.ts';
import { inTurn } from './in-turn.ts';
import { readRun, type Plan, type Run } from '../runs/runs.ts';
import { chunkOf, includedColumns } from './shared-rows.ts';
import { PART_STANDS, standingParts, type SharedPart } from './shared-parts.ts';
import { rows, type State } from '../state.ts';

/** How a chunk of a run stands with the import that it shares. */
export interface Share {
  shared: string;
  /** This run writes and sends the file. */
  leads: boolean;
  /** open: others may join; closed: it is being sent; dissolved: each goes alone. */
  state: 'open' | 'closed' | 'dissolved';
  /** Milliseconds until it leaves; negative: it should have left. */
  leavesIn: number;
}

/** Whoever has waited so much longer than agreed, in milliseconds, goes alone: the leader's workflow may be gone. */
const PATIENCE = 30 * 60_000;

const SHARE = `
  select shared_imports.id as shared, leader = part.run as leads, state,
         cast(extract(epoch from leaves_at - now()) * 1000 as float8) as "leavesIn",
         exists (select from shared_parts part, runs, activations
                 where part.shared = shared_imports.id and part.run = leader and ${PART_STANDS}) as led
  from shared_parts part join shared_imports on shared_imports.id = part.shared`;

/**
 * How a chunk stands with the import that it shares, or undefined when it shares none. A shared import whose leader is
 * gone, or late beyond patience, is dissolved by the first who notices.
 */
export async function findShare(state: State, fence: Fence, chunk: number): Promise<Share | undefined> {
  return fenced(state, fence, async (trx) => {
    const [found] = await rows<Share & { led: boolean }>(
      trx,
      `${SHARE} where part.run = :run and part.chunk = :chunk`,
      { run: fence.run, chunk },
    );
    if (!found) return undefined;
    const { led, ...share } = found;
    const isLost = !share.leads && (!led || share.leavesIn < -PATIENCE);
    if (!isLost) return share;
    await trx.raw(`update shared_imports set state = 'dissolved' where id = ?`, [share.shared]);
    return { ...share, state: 'dissolved' };
  });
}

/**
 * Lets a chunk join an open import of the same shape, or opens one that leaves after `within` ms. A chunk does not join
 * whose values contradict those of a member who is in it already. Undefined: nothing to join, and no import is left that
 * it would be worth waiting for.
 */
export async function share(
  state: State,
  fence: Fence,
  run: Run & { plan: Plan },
  wanted: { chunk: Chunk; quotaKey: string; shape: string; within: number; limit: number },
): Promise<Share | undefined> {
  const { chunk, quotaKey, shape, within, limit } = wanted;
  return inTurn(state, fence, { quotaKey, retries: chunk.retries }, async (trx) => {
    await trx.raw('delete from shared_parts where run = ? and chunk = ?', [run.run, chunk.no]); // of one that was dissolved
    const bytes = await bytesOf(trx, run, chunk);
    const shared =
      (await openOne(trx, run, { chunk, quotaKey, shape, bytes })) ??
      (await open(trx, run.run, { quotaKey, shape, within, limit }));
    if (shared === undefined) return undefined;
    await trx.raw(
      `insert into shared_parts (run, chunk, shared, bytes) values (:run, :chunk, :shared, :bytes)`,
      { run: run.run, chunk: chunk.no, shared, bytes },
    );
    if (chunk.retries > 0) {
      await trx.raw('update activations set retried_at = now() where id = ?', [run.activation]);
    }
    const [found] = await rows<Share>(trx, `${SHARE} where part.run = ? and part.chunk = ?`, [
      run.run,
      chunk.no,
    ]);
    return found;
  });
}

/** Lets every part of an import that this run leads go alone; what was sent stays sent. */
export async function dissolve(state: State, fence: Fence): Promise<void> {
  await fenced(state, fence, (trx) =>
    trx.raw(`update shared_imports set state = 'dissolved' where leader = ?`, [fence.run]),
  );
}

async function open(
  trx: Knex,
  leader: string,
  { quotaKey, shape, within, limit }: { quotaKey: string; shape: string; within: number; limit: number },
): Promise<string | undefined> {
  const [opened] = await rows<{ id: string }>(
    trx,
    `insert into shared_imports (quota_key, shape, leader, leaves_at)
     select :quotaKey, :shape, :leader, now() + :within * interval '1 millisecond' where :limit > (${USED})
     returning id`,
    { quotaKey, shape, leader, within, limit },
  );
  return opened?.id;
}

/** The first open import that the chunk fits into. */
async function openOne(
  trx: Knex,
  run: Run,
  { chunk, quotaKey, shape, bytes }: { chunk: Chunk; quotaKey: string; shape: string; bytes: number },
): Promise<string | undefined> {
  const candidates = await rows<{ id: string; leader: string }>(
    trx,
    `select id, leader from shared_imports
     where quota_key = :quotaKey and shape = :shape and state = 'open' and leaves_at > now()
       and not exists (select from shared_parts where shared = shared_imports.id and run = :run)
     order by id`,
    { quotaKey, shape, run: run.run },
  );
  for (const { id, leader } of candidates) {
    const parts = await standingParts(trx, id);
    const isLed = parts[0]?.run === leader;
    const size = parts.reduce((sum, part) => sum + part.bytes, bytes);
    if (isLed && size <= MAX_CHUNK_BYTES && !(await contradictsAny(trx, run, chunk, parts))) return id;
  }
  return undefined;
}

async function contradictsAny(trx: Knex, run: Run, chunk: Chunk, parts: SharedPart[]): Promise<boolean> {
  for (const part of parts) {
    const other = await readRun(trx, part.run);
    const its = await chunkOf(trx, part);
    const values = (alias: string, pattern: string) =>
      includedColumns(pattern).map((column) => `${alias}.${column}`);
    const [found] = await rows<{ contradicts: boolean }>(
      trx,
      `select exists (
         select from (select d.* from ${chunkRowsSql(run, chunk)}) d1
                join (select d.* from ${chunkRowsSql(other, its)}) d2 on d2.key = d1.key
         where (${values('d1', chunk.pattern).join(', ')}) is distinct from (${values('d2', its.pattern).join(', ')})
       ) as contradicts`,
    );
    if (found!.contradicts) return true;
  }
  return false;
}

async function bytesOf(trx: Knex, run: Run, chunk: Chunk): Promise<number> {
  const [sum] = await rows<{ bytes: string }>(
    trx,
    `select coalesce(sum(d.bytes), 0) as bytes from ${chunkRowsSql(run, chunk)}`,
  );
  return Number(sum!.bytes);
}
