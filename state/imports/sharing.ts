import type { Knex } from 'knex';
import { fenced, type Fence } from '../runs/lease.ts';
import type { Run } from '../runs/runs.ts';
import { rows, type State } from '../state.ts';
import { chunkRowsSql, MAX_CHUNK_BYTES, type Chunk } from './chunks.ts';
import { inTurn, readQuota } from './quota.ts';
import { GIVEN_UP, includedColumns, readParts, type Part } from './parts.ts';

/**
 * The state of a chunk's shared import. `new`: it never had one. `waits`: for others to join, or for its lead to send
 * it. `leads`: this run must send it. `sent`: its lead has sent it. `alone`: it was dissolved, so this run sends the
 * chunk alone.
 */
export type Share =
  | { kind: 'new' }
  | { kind: 'waits'; forMs: number }
  | { kind: 'leads'; id: string }
  | { kind: 'sent' }
  | { kind: 'alone' };

/** Milliseconds between checks whether the lead has sent the file. */
const LOOK = 3_000;

/** After this additional wait, in milliseconds, a run sends its own import, since the leading workflow may be gone. */
const TIMEOUT = 30 * 60_000;

/**
 * Returns the state of a chunk's shared import. If its lead is gone or overdue, the first run that notices dissolves
 * it.
 */
export async function findShare(state: State, fence: Fence, chunk: number): Promise<Share> {
  return fenced(state, fence, (trx) => shareOf(trx, fence.run, chunk));
}

async function shareOf(trx: Knex, run: string, chunk: number): Promise<Share> {
  const [found] = await rows<{ id: string; status: string; leads: boolean; leavesIn: number; led: boolean }>(
    trx,
    `select imports.id, status, imports.run = part.run as leads,
            cast(extract(epoch from leaves_at - now()) * 1000 as float8) as "leavesIn",
            exists (select from runs join activations on activations.id = runs.activation
                    where runs.no = imports.run and closed_at is null and settled_at is null
                      and coalesce(jsonb_array_length(plan->'guards'), 0) = 0
                      and activations.fence = runs.fence) as led
     from import_parts part join imports on imports.id = part.import
     where part.run = :run and part.chunk = :chunk and shape is not null
     order by imports.id desc limit 1`,
    { run, chunk },
  );
  if (!found) return { kind: 'new' };
  const { id, status, leads, leavesIn, led } = found;
  if (status === 'posted') return { kind: 'sent' };
  if (!['gathering', 'closed', 'intended'].includes(status)) return { kind: 'alone' };
  if (leads)
    return status === 'gathering' && leavesIn > 0
      ? { kind: 'waits', forMs: leavesIn }
      : { kind: 'leads', id };
  if (led && leavesIn >= -TIMEOUT) return { kind: 'waits', forMs: Math.max(0, leavesIn) + LOOK };
  // Its lead may have been refused just now, and continued with another import that contains this chunk.
  return (await letGo(trx, { id })) > 0 ? { kind: 'alone' } : shareOf(trx, run, chunk);
}

/** Dissolves the shared imports that this run leads, so each part goes alone. What was sent is not affected. */
export async function dissolve(state: State, fence: Fence): Promise<void> {
  await fenced(state, fence, (trx) => letGo(trx, { lead: fence.run }));
}

/**
 * Dissolves shared imports. A call that is still in progress can no longer be completed. @returns how many were
 * dissolved
 */
async function letGo(trx: Knex, { id, lead }: { id?: string; lead?: string }): Promise<number> {
  const gone = await rows(
    trx,
    `update imports set status = case status when 'intended' then ${GIVEN_UP} else 'dissolved' end
     where (id = :id or run = :lead) and shape is not null and status in ('gathering', 'closed', 'intended')
     returning id`,
    { id: id ?? null, lead: lead ?? null },
  );
  return gone.length;
}

/**
 * Joins a chunk to an import of the same shape that gathers parts, or opens one that leaves after `within` ms. A chunk
 * whose values contradict those of a member already in it does not join. `new`: there is none to join, and no import is
 * left that would be worth the wait.
 */
export async function gather(
  state: State,
  fence: Fence,
  run: Run,
  wanted: { chunk: Chunk; quotaKey: string; shape: string; within: number; limit: number },
): Promise<Share> {
  const { chunk, quotaKey, shape, within, limit } = wanted;
  return inTurn(state, fence, { quotaKey, retries: chunk.retries }, async (trx) => {
    const share = await shareOf(trx, run.run, chunk.no); // another attempt may have been faster
    if (share.kind !== 'new') return share;
    let id = await findGathering(trx, run, wanted);
    if (id === undefined) {
      if ((await readQuota(trx, { run: run.run, quotaKey })).used >= limit) return share;
      const [opened] = await rows<{ id: string }>(
        trx,
        `insert into imports (run, quota_key, status, shape, leaves_at)
         values (:run, :quotaKey, 'gathering', :shape, now() + :within * interval '1 millisecond') returning id`,
        { run: run.run, quotaKey, shape, within },
      );
      id = opened!.id;
    }
    await trx.raw('insert into import_parts (import, run, chunk) values (?, ?, ?)', [id, run.run, chunk.no]);
    if (chunk.retries > 0) {
      await trx.raw('update activations set retried_at = now() where id = ?', [run.activation]);
    }
    return shareOf(trx, run.run, chunk.no);
  });
}

/** Finds the first import that the chunk fits into. */
async function findGathering(
  trx: Knex,
  run: Run,
  { chunk, quotaKey, shape }: { chunk: Chunk; quotaKey: string; shape: string },
): Promise<string | undefined> {
  const candidates = await rows<{ id: string; lead: string }>(
    trx,
    `select id, run as lead from imports
     where quota_key = :quotaKey and shape = :shape and status = 'gathering' and leaves_at > now()
       and not exists (select from import_parts part where part.import = imports.id and part.run = :run)
     order by id`,
    { quotaKey, shape, run: run.run },
  );
  for (const { id, lead } of candidates) {
    const parts = await readParts(trx, id);
    const bytes = parts.reduce((sum, part) => sum + part.chunk.bytes, chunk.bytes);
    if (parts[0]?.run.run !== lead || bytes > MAX_CHUNK_BYTES) continue;
    if (!(await contradictsAny(trx, { run, chunk }, parts))) return id;
  }
  return undefined;
}

async function contradictsAny(trx: Knex, part: Part, others: Part[]): Promise<boolean> {
  const values = (alias: string, { chunk }: Part) =>
    includedColumns(chunk.pattern)
      .map((column) => `${alias}.${column}`)
      .join(', ');
  for (const other of others) {
    const [found] = await rows<{ contradicts: boolean }>(
      trx,
      `select exists (
         select from (select d.* from ${chunkRowsSql(part.run, part.chunk)}) d1
                join (select d.* from ${chunkRowsSql(other.run, other.chunk)}) d2 on d2.key = d1.key
         where (${values('d1', part)}) is distinct from (${values('d2', other)})
       ) as contradicts`,
    );
    if (found!.contradicts) return true;
  }
  return false;
}
