import type { Knex } from 'knex';
import { valueColumns } from '../../activation/comparison/delta-format.ts';
import { Failure } from '../../contract/failure.ts';
import { withRows } from '../copy.ts';
import { sharedTable } from '../names.ts';
import { fenced, type Fence } from '../runs/lease.ts';
import { readRun, type Run } from '../runs/runs.ts';
import { rows, type State } from '../state.ts';
import { chunkRowsSql, omittedAttributes, readChunk, type Chunk } from './chunks.ts';

/**
 * SQL: the status of an intended import whose attempt was given up. Only a call that was about to be complete can be
 * lost.
 */
export const GIVEN_UP = `case when completing_at is null then 'refused' else 'lost' end`;

/** One run's share of an import: a chunk of its plan. */
export interface Part {
  run: Run;
  chunk: Chunk;
}

/**
 * Returns the parts whose runs still have their plan and may write, the lead's first. A held run sends nothing more,
 * because its settlement counts everything that was not sent as not arrived.
 */
export async function readParts(trx: Knex, id: string): Promise<Part[]> {
  const parts: Part[] = [];
  for (const { run, chunk } of await standingParts(trx, id))
    parts.push({ run: await readRun(trx, run), chunk: await readChunk(trx, run, chunk) });
  return parts;
}

/**
 * Locks activations before runs, in the same order as a run that settles. Until the transaction ends, they can neither
 * settle nor be superseded.
 */
async function standingParts(trx: Knex, id: string): Promise<{ run: string; chunk: number }[]> {
  return rows(
    trx,
    `select part.run, part.chunk
     from import_parts part join imports on imports.id = part.import, runs, activations
     where part.import = ? and runs.no = part.run and runs.closed_at is null and runs.settled_at is null
       and coalesce(jsonb_array_length(runs.plan->'guards'), 0) = 0
       and activations.id = runs.activation and activations.fence = runs.fence
     order by part.run <> imports.run, part.run for share of activations, runs`,
    [id],
  );
}

/** A closed import whose file has these parts and this number of keys. */
export interface SharedFile {
  id: string;
  parts: Part[];
  keys: number;
}

/**
 * Closes a shared import that this run leads, and decides the content of its file: for each key, the row of the first
 * part that has it. No run can join any more, and parts whose runs have ended are left out. An import whose answer was
 * lost gets a successor with the same parts.
 * @throws Failure ImportPending if another attempt has sent or dissolved it
 */
export async function closeShared(state: State, fence: Fence, id: string): Promise<SharedFile> {
  return fenced(state, fence, async (trx) => {
    const [former] = await rows<{ status: string }>(
      trx,
      'select status from imports where id = ? for update',
      [id],
    );
    if (!['gathering', 'closed', 'intended'].includes(former!.status)) throw partLost();
    let closed = id;
    if (former!.status === 'gathering')
      await trx.raw(`update imports set status = 'closed' where id = ?`, [id]);
    if (former!.status === 'intended') {
      await trx.raw(`update imports set status = ${GIVEN_UP} where id = ?`, [id]);
      closed = await renew(trx, id);
    }
    const parts = await readParts(trx, closed);
    await trx.raw('delete from import_parts where import = :closed and run <> all(cast(:runs as bigint[]))', {
      closed,
      runs: parts.map(({ run }) => run.run),
    });
    const table = sharedTable(closed);
    // A frozen attempt may still read it. Dropping it would wait for that attempt, and so would all parts.
    await trx.raw(
      `create table if not exists ${table}
       (key text collate "C" primary key, run bigint not null, no integer not null generated always as identity)`,
    );
    await trx.raw(`delete from ${table}`);
    for (const { run, chunk } of parts) {
      await trx.raw(
        `insert into ${table} (key, run) select d.key, :run from ${chunkRowsSql(run, chunk)} on conflict do nothing`,
        { run: run.run },
      );
    }
    const [counted] = await rows<{ keys: string }>(trx, `select count(*) as keys from ${table}`);
    return { id: closed, parts, keys: Number(counted!.keys) };
  });
}

/** Opens another import with the same parts, which will be sent next. @returns its id */
export async function renew(trx: Knex, id: string): Promise<string> {
  const [renewed] = await rows<{ id: string }>(
    trx,
    `insert into imports (run, quota_key, status, shape, leaves_at)
     select run, quota_key, 'closed', shape, leaves_at from imports where id = ? returning id`,
    [id],
  );
  await trx.raw(
    'insert into import_parts (import, run, chunk) select :renewed, run, chunk from import_parts where import = :id',
    { renewed: renewed!.id, id },
  );
  return renewed!.id;
}

/** Fails if the import will no longer be sent for all these parts. @throws Failure ImportPending */
export async function requireParts(
  trx: Knex,
  { id, parts }: Pick<SharedFile, 'id' | 'parts'>,
  status: 'closed' | 'intended',
): Promise<void> {
  const standing = (await standingParts(trx, id)).map(({ run, chunk }) => `${run} ${chunk}`);
  const [found] = await rows<{ status: string }>(trx, 'select status from imports where id = ?', [id]);
  const written = parts.map(({ run, chunk }) => `${run.run} ${chunk.no}`);
  if (found?.status === status && written.join() === standing.join()) return;
  throw partLost();
}

/** The import is sent by another attempt, or was dissolved. The caller must check it again. */
export function partLost(): Failure {
  return new Failure('importPartLost', {}, { retryAfter: 1_000, notDone: true });
}

/**
 * Gives `use` the rows of a file as lines of COPY text, unordered: keys, and values in the order of the first part's
 * mapping.
 */
export async function withFileRows<T>(
  state: State,
  { id, parts }: { id?: string; parts: Part[] },
  use: (batches: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  const omitted = omittedAttributes(parts[0]!.chunk.pattern);
  const queries = parts.map(({ run, chunk }) => {
    const its = includedColumns(chunk.pattern);
    const values = omitted.map((out) => (out ? ', cast(null as text)' : `, d.${its.shift()!}`));
    return `select d.key ${values.join('')} from ${chunkRowsSql(run, chunk)}
            ${id === undefined ? '' : `join ${sharedTable(id)} f on f.key = d.key and f.run = ${run.run}`}`;
  });
  // An import file consumes each batch before it requests the next.
  return withRows(state, queries.join(' union all '), use, { reuse: true });
}

/** Returns the delta's columns of the attributes that a pattern does not leave out. */
export function includedColumns(pattern: string): string[] {
  const omitted = omittedAttributes(pattern);
  return valueColumns(omitted.length).filter((_, index) => !omitted[index]);
}
