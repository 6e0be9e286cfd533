import type { Knex } from 'knex';
import { fenced, type Fence } from '../runs/lease.ts';
import { rows, type State } from '../state.ts';
import { readChunks, type Chunk } from './chunks.ts';
import { applyResults, type Reading } from './results.ts';
import { inTurn, lineUp, readQuota } from './quota.ts';
import { GIVEN_UP, partLost, renew, requireParts, type SharedFile } from './parts.ts';

/** What became of the rows that a run has in an import, see import_parts. */
export type Result = 'confirmed' | 'doubtful' | 'unexplained';

/** An import that a chunk of a run goes or went with: see imports in schema.sql. */
export interface ImportRow {
  id: string;
  chunk: number;
  /** Of the call; once it is known, what became of this run's rows. */
  status: 'gathering' | 'closed' | 'intended' | 'posted' | 'lost' | 'refused' | 'dissolved' | Result;
  /** This run sends it. */
  leads: boolean;
  /** It has, or had, parts of other runs. */
  shared: boolean;
  intendedAt: Date | null;
  /** Milliseconds since its call was complete, or began, by the database's clock; null: there was none yet. */
  age: number | null;
  /** Its call was complete, or about to be: Actito may have taken it. */
  mayBeTaken: boolean;
  fileName: string | null;
  executionId: string | null;
  /** It was refused with 429. */
  limited: boolean;
  /** Why it was refused, what Actito says of one that failed, or its unknown word for one that runs. */
  detail: string | null;
}

/** The imports of a run, oldest first. */
export async function readImports(db: Knex, run: string): Promise<ImportRow[]> {
  return rows(
    db,
    `select id, chunk, coalesce(result, status) as status, imports.run = part.run as leads, shape is not null as shared,
            intended_at as "intendedAt",
            cast(extract(epoch from clock_timestamp() - coalesce(completing_at, intended_at)) * 1000 as float8) as age, completing_at is not null as "mayBeTaken", file_name as "fileName", execution_id as "executionId", limited, detail
     from import_parts part join imports on imports.id = part.import
     where part.run = ? order by id`,
    [run],
  );
}

/** The chunks of a run that have to be sent: something goes with them, and Actito has not taken them yet. */
export async function readUnsent(db: Knex, run: string): Promise<Chunk[]> {
  const imports = await readImports(db, run);
  const taken = new Set(imports.filter((row) => row.executionId !== null).map((row) => row.chunk));
  return (await readChunks(db, run)).filter(({ no, pattern }) => pattern.includes('0') && !taken.has(no));
}

/** `deferred`: the quota of imports in 24 hours is used up. */
export type Intent = { kind: 'intended'; id: string } | { kind: 'deferred' };

/**
 * Writes the intent to send a chunk, or all parts of a shared file, if the day's quota of the profile table allows one
 * more, and one for each activation that waits longer. Whoever gets none lines up, unless it is about retries alone.
 */
export async function intendImport(
  state: State,
  fence: Fence,
  intent: {
    chunk: Pick<Chunk, 'no' | 'retries'>;
    fileName: string;
    quotaKey: string;
    limit: number;
    retriesAlone: boolean;
    shared?: SharedFile;
  },
): Promise<Intent> {
  const { chunk, fileName, quotaKey, limit, retriesAlone, shared } = intent;
  const { run } = fence;
  return inTurn(state, fence, { quotaKey, retries: chunk.retries }, async (trx) => {
    if (shared) await requireParts(trx, shared, 'closed');
    else await giveUpFormer(trx, run, chunk.no);
    const { used, ahead } = await readQuota(trx, { run, quotaKey });
    if (used + ahead >= limit) {
      if (!retriesAlone) await lineUp(trx, run, quotaKey);
      return { kind: 'deferred' };
    }
    if (chunk.retries > 0) {
      await trx.raw(
        'update activations set retried_at = now() where id = (select activation from runs where no = ?)',
        [run],
      );
    }
    const id = shared?.id ?? (await openOwn(trx, run, chunk.no, quotaKey));
    await trx.raw(
      `update imports set status = 'intended', intended_at = now(), file_name = :fileName where id = :id`,
      { id, fileName },
    );
    return { kind: 'intended', id };
  });
}

/** An attempt that has not recorded its answer was given up: it can no longer complete its call. */
async function giveUpFormer(trx: Knex, run: string, chunk: number): Promise<void> {
  await trx.raw(
    `update imports set status = ${GIVEN_UP} from import_parts part
     where part.import = imports.id and part.run = :run and chunk = :chunk and imports.run = :run and status = 'intended'`,
    { run, chunk },
  );
}

/**
 * The calls of a run that ends: none of them can be completed any more. One that was not complete surely started no import,
 * and counts for no quota.
 */
export async function giveUpCalls(trx: Knex, run: string): Promise<void> {
  await trx.raw(`update imports set status = ${GIVEN_UP} where run = ? and status = 'intended'`, [run]);
}

/** An import of a chunk alone. */
async function openOwn(trx: Knex, run: string, chunk: number, quotaKey: string): Promise<string> {
  const [opened] = await rows<{ id: string }>(
    trx,
    `insert into imports (run, quota_key, status) values (:run, :quotaKey, 'closed') returning id`,
    { run, quotaKey },
  );
  await trx.raw('insert into import_parts (import, run, chunk) values (?, ?, ?)', [opened!.id, run, chunk]);
  return opened!.id;
}

/**
 * The last moment before a call is complete: notes that from now on Actito may have taken the import.
 * @throws Failure RunSuperseded, ImportPending when another attempt sends it, or a part's run has ended
 */
export async function completeCall(
  state: State,
  fence: Fence,
  { id, parts }: Pick<SharedFile, 'id' | 'parts'>,
): Promise<void> {
  await fenced(state, fence, async (trx) => {
    await requireParts(trx, { id, parts }, 'intended');
    // Another attempt may have given it up since.
    const noted = await rows(
      trx,
      `update imports set completing_at = now() where id = ? and status = 'intended' returning id`,
      [id],
    );
    if (noted.length === 0) throw partLost();
  });
}

/** Actito has taken an import, for all its parts. */
export async function recordPosted(
  state: State,
  fence: Fence,
  id: string,
  executionId: string,
): Promise<void> {
  await fenced(state, fence, (trx) =>
    trx.raw(`update imports set status = 'posted', execution_id = :executionId where id = :id`, {
      id,
      executionId,
    }),
  );
}

/** Actito surely has not taken an import. The parts of a shared one go on with another, which their lead sends. */
export async function recordRefused(
  state: State,
  fence: Fence,
  id: string,
  { detail, limited = false }: { detail: string; limited?: boolean },
): Promise<void> {
  await fenced(state, fence, async (trx) => {
    const [former] = await rows<{ goesOn: boolean }>(
      trx,
      `select status = 'intended' and shape is not null as "goesOn" from imports where id = ? for update`,
      [id],
    );
    await trx.raw(
      `update imports set status = 'refused', detail = :detail, limited = :limited where id = :id`,
      { id, detail, limited },
    );
    if (former!.goesOn) await renew(trx, id);
  });
}

/**
 * Records what became of the rows that a run has in an import. What Actito said of single rows is acted on only if it
 * explains the whole result. What another attempt has recorded before stays.
 * @param found.reading where the result comes from: of which rows were in error
 * @throws Failure ImportPending when another attempt has begun to read them since
 */
export async function recordResult(
  state: State,
  fence: Fence,
  id: string,
  result: Result,
  { detail, reading }: { detail?: string; reading?: Reading } = {},
): Promise<void> {
  await fenced(state, fence, async (trx) => {
    const [part] = await rows<{ chunk: number; no: number }>(
      trx,
      `select chunk, reading as no from import_parts where import = :id and run = :run and result is null for update`,
      { id, run: fence.run },
    );
    if (!part) return;
    if (reading && reading.no !== part.no) throw partLost();
    await trx.raw(
      'update import_parts set result = :result, finished_at = now() where import = :id and run = :run',
      { id, run: fence.run, result },
    );
    if (result === 'confirmed') await applyResults(trx, fence.run, part.chunk);
    if (detail !== undefined) await trx.raw('update imports set detail = ? where id = ?', [detail, id]);
  });
}

/** Keeps what Actito says of an import that runs. */
export async function recordDetail(state: State, fence: Fence, id: string, detail: string): Promise<void> {
  await fenced(state, fence, (trx) => trx.raw('update imports set detail = ? where id = ?', [detail, id]));
}

/**
 * Notes that what Actito said of the rows in error could not be used.
 * @returns how often that has been so, and for how long, in milliseconds
 */
export async function noteUnread(
  state: State,
  fence: Fence,
  id: string,
): Promise<{ times: number; since: number }> {
  return fenced(state, fence, async (trx) => {
    const [noted] = await rows<{ times: number; since: number }>(
      trx,
      `update import_parts set unread_times = unread_times + 1, unread_since = coalesce(unread_since, now())
       where import = :id and run = :run
       returning unread_times as times, cast(extract(epoch from now() - unread_since) * 1000 as float8) as since`,
      { id, run: fence.run },
    );
    return noted!;
  });
}

/** The imports of a run that ended with errors which nothing tells row by row, and their members. */
export async function countUnexplained(db: Knex, run: string): Promise<{ imports: number; members: number }> {
  const [found] = await rows<{ imports: number; members: number }>(
    db,
    `select cast(count(*) as integer) as imports, cast(coalesce(sum(members), 0) as integer) as members
     from import_parts part join chunks on chunks.run = part.run and chunks.no = part.chunk
     where part.run = ? and result = 'unexplained'`,
    [run],
  );
  return found!;
}
