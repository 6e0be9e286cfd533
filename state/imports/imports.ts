import type { Knex } from 'knex';
import { fenced, type Fence } from '../runs/lease.ts';
import { rows, type State } from '../state.ts';
import { readChunks, type Chunk } from './chunks.ts';
import { applyResults, type Reading } from './results.ts';
import { inTurn, lineUp, readQuota } from './quota.ts';
import { GIVEN_UP, partLost, renew, requireParts, type SharedFile } from './parts.ts';

/** What happened to a run's rows in an import, see import_parts. */
export type Result = 'confirmed' | 'doubtful' | 'unexplained';

/** An import that sends or sent a chunk of a run: see imports in schema.sql. */
export interface ImportRow {
  id: string;
  chunk: number;
  /** The status of the call; once it is known, the result of this run's rows. */
  status: 'gathering' | 'closed' | 'intended' | 'posted' | 'lost' | 'refused' | 'dissolved' | Result;
  /** This run sends the import. */
  leads: boolean;
  /** It has, or had, parts of other runs. */
  shared: boolean;
  intendedAt: Date | null;
  /**
   * Milliseconds since its call was complete, or else began, by the database's clock; null if there was no call yet.
   */
  age: number | null;
  /** Its call was complete or about to be, so Actito may have accepted it. */
  mayBeTaken: boolean;
  fileName: string | null;
  executionId: string | null;
  /** It was refused with 429. */
  limited: boolean;
  /** Why it was refused, what Actito reports about a failure, or the unknown status of a running import. */
  detail: string | null;
}

/** Returns the imports of a run, oldest first. */
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

/** Returns the chunks of a run that must be sent: they have rows to send, and Actito has not accepted them yet. */
export async function readUnsent(db: Knex, run: string): Promise<Chunk[]> {
  const imports = await readImports(db, run);
  const taken = new Set(imports.filter((row) => row.executionId !== null).map((row) => row.chunk));
  return (await readChunks(db, run)).filter(({ no, pattern }) => pattern.includes('0') && !taken.has(no));
}

/** `deferred`: the quota of imports in 24 hours is used up. */
export type Intent = { kind: 'intended'; id: string } | { kind: 'deferred' };

/**
 * Records the intent to send a chunk, or all parts of a shared file, if the profile table's quota allows one more
 * import, besides one for each activation that waits longer. Otherwise the activation is queued, unless it has only
 * retries.
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

/** Gives up the import of an attempt that has not recorded its answer. That attempt can no longer complete its call. */
async function giveUpFormer(trx: Knex, run: string, chunk: number): Promise<void> {
  await trx.raw(
    `update imports set status = ${GIVEN_UP} from import_parts part
     where part.import = imports.id and part.run = :run and chunk = :chunk and imports.run = :run and status = 'intended'`,
    { run, chunk },
  );
}

/**
 * Gives up the calls of a run that ends: none of them can be completed any more. A call that was not complete started
 * no import, and counts for no quota.
 */
export async function giveUpCalls(trx: Knex, run: string): Promise<void> {
  await trx.raw(`update imports set status = ${GIVEN_UP} where run = ? and status = 'intended'`, [run]);
}

/** Opens an import for a single chunk. */
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
 * Records, directly before a call is complete, that Actito may have accepted the import from now on.
 * @throws Failure RunSuperseded, ImportPending if another attempt sends it, or a part's run has ended
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

/** Records that Actito accepted an import, for all its parts. */
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

/**
 * Records that Actito did not accept an import. The parts of a shared one continue with another import, which their
 * lead sends.
 */
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
 * Records the result of a run's rows in an import. The results of single rows are processed only if they explain it. A
 * result that another attempt has recorded stays.
 * @param found.reading the reading of the rows in error that the result is based on
 * @throws Failure ImportPending if another attempt has begun to read them since
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

/** Stores what Actito reports about a running import. */
export async function recordDetail(state: State, fence: Fence, id: string, detail: string): Promise<void> {
  await fenced(state, fence, (trx) => trx.raw('update imports set detail = ? where id = ?', [detail, id]));
}

/**
 * Records that Actito's answer about the rows in error could not be used.
 * @returns how often this happened, and for how many milliseconds
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
