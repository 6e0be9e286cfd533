import { randomUUID } from 'node:crypto';
import { NotFound, TooManyCalls } from '../../actito/api/failures.ts';
import { PACKED } from '../../actito/contract.ts';
import type { Spool } from '../../actito/files/spool.ts';
import { etlMissing } from '../../actito/imports/etl.ts';
import { startImport } from '../../actito/imports/start.ts';
import { findImport, readImport } from '../../actito/imports/status.ts';
import { BACKOFF } from '../../activation/periods.ts';
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
import { lastTaken, isRefusedForToday, lineUp } from '../../state/imports/quota.ts';
import type { SharedFile } from '../../state/imports/parts.ts';
import { fenced } from '../../state/runs/lease.ts';
import type { ImportJob } from './job.ts';
import { untilRecorded } from './record.ts';

/** Sends a file to Actito as an import, for all runs that share it. The intent is recorded before the call. */
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
  // One name per attempt, unique also outside our database: another project may import into the same table.
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
      // A run that was superseded while it sent must not complete the call, because a newer run may have newer values.
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
    }
    throw failure;
  }
}

/**
 * Looks for calls of this run that sent a chunk and got no answer, if the contract allows it. If their import is found,
 * it is recorded as posted and not sent again.
 * @returns true if an import was found; false if the chunk may be sent (again)
 * @throws Failure ActitoUnavailable if it is too early to know
 */
export async function findLost(job: ImportJob, chunk: Chunk): Promise<boolean> {
  const { state, ref, run, client } = job;
  const { entity, contract } = run.definition.destination;
  const lost = (await callsOf(job, chunk)).filter((call) => call.leads && isLost(call));
  if (lost.length === 0) return false;
  if (contract.executionListing === 'none') {
    await requireRepeatable(job, lost);
    return false;
  }
  let found = false;
  for (const { id, fileName } of lost) {
    const executionId = await findImport(client, { entity, file: fileName! }).catch((error: unknown) => {
      throw error instanceof NotFound ? noListing(error) : error;
    });
    if (executionId === undefined) continue;
    await recordPosted(state, ref, id, executionId);
    found = true;
  }
  if (!found) await requireRepeatable(job, lost);
  return found;
}

function noListing({ answer: { status, call }, words }: NotFound): Failure {
  return new Failure('importNotFound', { status, call }, { words: words?.open() });
}

/** Pauses in milliseconds before a chunk is sent again, after one lost answer, two, three and so on. */
const LOST_PAUSES = [0, 1, 5, 10, 20, 40].map((minutes) => minutes * 60_000);

/**
 * How many lost answers of a chunk cause no pause once Actito has accepted another import: a chunk whose answer is always lost
 * must not use up the day's quota while other, smaller imports succeed.
 */
const FORGIVEN = 2;

/**
 * Every call whose answer was lost may have started an import, and counts against the day's quota of all activations.
 * So the pauses grow. They are shorter once Actito accepts an import of this profile table from any run, which is checked
 * every half minute. Before a chunk is sent again, a cheap request tests Actito: if it does not respond, another import would be
 * lost as well.
 * @throws Failure ActitoUnavailable if the chunk must not be sent again yet
 */
async function requireRepeatable(
  { state, client, run, quotaKey }: ImportJob,
  lost: ImportRow[],
): Promise<void> {
  const { entity, contract } = run.definition.destination;
  const taken = await lastTaken(state, quotaKey);
  const since = lost.filter(({ intendedAt }) => !taken || intendedAt! > taken.intendedAt);
  const step = Math.max(since.length, lost.length - FORGIVEN);
  const pause = LOST_PAUSES[Math.min(step, LOST_PAUSES.length) - 1] ?? 0;
  const left = pause - Math.min(...lost.map(({ age }) => age!));
  if (left > 0) {
    const facts = { answers: lost.length, minutes: pause / 60_000 };
    throw new Failure('importAnswersLost', facts, { retryAfter: Math.min(left, BACKOFF.longest) });
  }
  const asked = taken
    ? readImport(client, { entity, execution: taken.executionId }, contract)
    : client.renewToken();
  await asked.catch((error: unknown) => {
    // Any other answer shows that Actito responds. The import's own call reports what it means.
    if (!isFailure(error) || error.type === 'ActitoUnavailable') throw error;
  });
}

/**
 * Decides what follows a 429. A limit of calls per time passes within seconds; a limit that lasts is the day's quota.
 * Waits 2, 8, 30, 30 … seconds, or as long as Actito asks for, and starts again at 2 after Actito has accepted an
 * import of this profile table. A refusal costs only the upload.
 */
async function afterRefusal(job: ImportJob, chunk: Chunk, failure: Failure): Promise<Failure> {
  const taken = await lastTaken(job.state, job.quotaKey);
  const calls = (await callsOf(job, chunk)).filter((call) => !taken || call.intendedAt! > taken.intendedAt);
  const refused = Math.max(1, calls.length - 1 - calls.findLastIndex(({ limited }) => !limited));
  const own = Math.min(BACKOFF.longest, 2 * BACKOFF.first * 4 ** (refused - 1));
  failure.retryAfter = Math.max(own, failure.retryAfter ?? 0);
  return failure;
}

/** True if this run has seen that Actito accepts no more imports today, so it need not prepare the file again. */
export async function wasGivenUp(job: ImportJob, chunk: Chunk): Promise<boolean> {
  const last = (await callsOf(job, chunk)).at(-1);
  return last !== undefined && last.limited && (await isGivenUp(job));
}

/** True if Actito accepts no more imports today. The activation is then queued. */
async function isGivenUp({ state, ref, quotaKey, run }: ImportJob): Promise<boolean> {
  if (!(await isRefusedForToday(state, quotaKey))) return false;
  if (!run.plan.retriesAlone) await fenced(state, ref, (trx) => lineUp(trx, ref.run, quotaKey));
  return true;
}

/** The calls that tried to send a chunk, oldest first. */
async function callsOf({ state, ref }: ImportJob, chunk: Chunk): Promise<ImportRow[]> {
  const imports = await readImports(state, ref.run);
  return imports.filter((row) => row.chunk === chunk.no && row.age !== null);
}

function isLost({ status, mayBeTaken }: ImportRow): boolean {
  return mayBeTaken && (status === 'intended' || status === 'lost');
}
