import { randomUUID } from 'node:crypto';
import { NotFound, TooManyCalls } from '../../actito/api/failures.ts';
import { PACKED } from '../../actito/contract.ts';
import type { Spool } from '../../actito/files/spool.ts';
import { etlMissing } from '../../actito/imports/etl.ts';
import { startImport } from '../../actito/imports/start.ts';
import { findImport } from '../../actito/imports/status.ts';
import { Failure, isFailure } from '../../contract/failure.ts';
import type { Chunk } from '../../state/imports/chunks.ts';
import {
  completeCall,
  intendImport,
  readImports,
  recordPosted,
  recordRefused,
  type ImportRow,
} from '../../state/imports/imports.ts';
import { isRefusedForToday, lineUp } from '../../state/imports/quota.ts';
import type { SharedFile } from '../../state/imports/parts.ts';
import { fenced } from '../../state/runs/lease.ts';
import type { ImportJob } from './job.ts';
import { untilRecorded } from './record.ts';

/** Starts the import of a file, for all who share it; the intent is recorded before the call. */
export async function post(
  job: ImportJob,
  chunk: Chunk,
  columns: string[],
  file: Spool,
  shared?: SharedFile,
): Promise<{ kind: 'sent' | 'deferred' }> {
  const { state, ref, run, provisioned, client, quotaKey } = job;
  const { activation, destination } = run.definition;
  const { importMode, matchingKey } = activation;
  // One for each attempt, and unique beyond our own database: another project may feed the same table from one of its own.
  const fileName = `${run.activation}-${run.run}-${randomUUID().slice(0, 13)}${PACKED[file.packing].suffix}`;
  const intent = await intendImport(state, ref, {
    chunk,
    fileName,
    quotaKey,
    limit: destination.limits.importsPerTablePerDay,
    retriesAlone: run.plan.retriesAlone,
    shared,
  });
  if (intent.kind === 'deferred') return intent;
  const { id } = intent;
  const parts = shared?.parts ?? [{ run, chunk }];
  try {
    const executionId = await startImport(client, {
      entity: destination.entity,
      by:
        importMode === 'oneShot'
          ? { table: provisioned.tableId, keyAttribute: matchingKey.attribute, columns }
          : { etl: importMode.etl },
      fileName,
      parts: destination.contract.importParts,
      file,
      // A run that was superseded while it sent must not finish the call: a newer one may have newer values.
      beforeEnd: () => completeCall(state, ref, { id, parts }),
    });
    await untilRecorded(job, () => recordPosted(state, ref, id, executionId));
    return { kind: 'sent' };
  } catch (error) {
    if (error instanceof TooManyCalls) {
      const refusal = { detail: error.message, limited: true };
      await untilRecorded(job, () => recordRefused(state, ref, id, refusal));
      if (await isGivenUp(job)) return { kind: 'deferred' };
      throw await afterRefusal(job, chunk, error);
    }
    const isMissing = error instanceof NotFound && importMode !== 'oneShot';
    const failure = isMissing ? etlMissing(run.definition, error) : error;
    if (isFailure(failure) && failure.notDone) {
      await untilRecorded(job, () => recordRefused(state, ref, id, { detail: failure.message }));
    } else if (isFailure(failure, 'ActitoUnavailable')) {
      throw await afterLostAnswer(job, chunk, failure);
    }
    throw failure;
  }
}

/**
 * Looks for calls of this run that sent a chunk and got no answer, where the contract has a way to: an import that is found
 * is recorded as posted, and not sent again.
 * @returns true when one was found
 */
export async function findLost(job: ImportJob, chunk: Chunk): Promise<boolean> {
  const { state, ref, run, client } = job;
  const { entity, contract } = run.definition.destination;
  if (contract.executionListing === 'none') return false;
  let found = false;
  for (const { id, fileName } of (await callsOf(job, chunk)).filter((call) => call.leads && isLost(call))) {
    const executionId = await findImport(client, { entity, file: fileName! }).catch((error: unknown) => {
      throw error instanceof NotFound ? noListing(error) : error;
    });
    if (executionId === undefined) continue;
    await recordPosted(state, ref, id, executionId);
    found = true;
  }
  return found;
}

function noListing({ answer: { status, call }, words }: NotFound): Failure {
  return new Failure('importNotFound', { status, call }, { words: words?.open() });
}

/**
 * Every try whose answer is lost may have started an import, and counts against the day's quota of all activations:
 * the first is repeated soon, the next ones after 5, 10, 20 … minutes.
 */
async function afterLostAnswer(job: ImportJob, chunk: Chunk, failure: Failure): Promise<Failure> {
  const lost = (await callsOf(job, chunk)).filter(isLost).length;
  if (lost >= 2) failure.retryAfter = 5 * 60_000 * 2 ** Math.min(lost - 2, 3);
  return failure;
}

/** After a 429: a crowd of calls passes within seconds, what lasts is the day's quota; 2, 8, 32, 128 … seconds. */
async function afterRefusal(job: ImportJob, chunk: Chunk, failure: Failure): Promise<Failure> {
  const calls = await callsOf(job, chunk);
  const refused = calls.length - 1 - calls.findLastIndex(({ limited }) => !limited);
  failure.retryAfter = 2_000 * 4 ** Math.min(refused - 1, 3);
  return failure;
}

/** True when this run has seen that Actito takes no more imports today: it need not prepare the file again. */
export async function wasGivenUp(job: ImportJob, chunk: Chunk): Promise<boolean> {
  const last = (await callsOf(job, chunk)).at(-1);
  return last !== undefined && last.limited && (await isGivenUp(job));
}

/** True when Actito takes no more imports today; the activation then waits in line. */
async function isGivenUp({ state, ref, quotaKey, run }: ImportJob): Promise<boolean> {
  if (!(await isRefusedForToday(state, quotaKey))) return false;
  if (!run.plan.retriesAlone) await fenced(state, ref, (trx) => lineUp(trx, ref.run, quotaKey));
  return true;
}

/** The calls that were to send a chunk, oldest first. */
async function callsOf({ state, ref }: ImportJob, chunk: Chunk): Promise<ImportRow[]> {
  const imports = await readImports(state, ref.run);
  return imports.filter((row) => row.chunk === chunk.no && row.age !== null);
}

function isLost({ status, mayBeTaken }: ImportRow): boolean {
  return mayBeTaken && (status === 'intended' || status === 'lost');
}
