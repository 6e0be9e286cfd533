import { setTimeout as sleep } from 'node:timers/promises';
import { etlFacts } from '../../actito/imports/etl.ts';
import { countRowsInError, readRowsInError, type RowInError } from '../../actito/imports/rows-in-error.ts';
import { readImport, type ImportState } from '../../actito/imports/status.ts';
import { BACKOFF } from '../../activation/periods.ts';
import { sendsWholeRows } from '../../activation/definition/definition.ts';
import { Failure, isFailure } from '../../contract/failure.ts';
import { omittedAttributes, readChunk } from '../../state/imports/chunks.ts';
import {
  noteUnread,
  readImports,
  recordDetail,
  recordResult,
  type ImportRow,
} from '../../state/imports/imports.ts';
import {
  beginReading,
  countFileRows,
  countKnownResults,
  forgetReading,
  knownKeys,
  storeResults,
  type Reading,
} from '../../state/imports/results.ts';
import { keepWords } from '../../state/report/peer-words.ts';
import { warn } from '../warn.ts';
import { CountedOnce } from './counted-once.ts';
import type { ImportJob } from './job.ts';

/** Pauses in milliseconds between requests while this activity waits itself. Most small imports end within them. */
const PAUSES = [100, 200, 400, 800, 1_500, 3_000, 5_000];
/** In milliseconds. The status of an older import is requested only once per attempt. */
const YOUNG = 20_000;
/** Then Temporal waits: this fraction of the time waited so far, within these limits. */
const LATER = { least: 10_000, most: BACKOFF.longest, fraction: 0.25 };

/**
 * An answer that the rows in error do not exist is accepted only after this many requests and this time in
 * milliseconds, because a gateway may briefly answer that there are none, or truncate the file.
 */
export const BELIEVED = { times: 3, after: 60_000 };

/**
 * Waits for the imports that Actito accepted, and records the result of each.
 * @returns the number of imports with a result
 * @throws Failure ImportPending if some are still running, ImportFailed if Actito reports that one failed
 */
export async function collectResults(job: ImportJob): Promise<number> {
  const { entity, contract } = job.run.definition.destination;
  let ended = new Set<string>();
  for (const pause of [0, ...PAUSES]) {
    if (pause > 0) await sleep(pause, undefined, { signal: job.signal });
    ended = new Set();
    for (const row of await stillRunning(job)) {
      const found = await readImport(job.client, { entity, execution: row.executionId! }, contract);
      job.report(0);
      if (!found.known) await noteUnknown(job, row, found);
      if (found.state !== 'running') ended.add(row.id);
      if (found.state !== 'running') await record(job, row, found);
    }
    const running = await stillRunning(job);
    if (running.length === 0) return finish(job);
    if (running.every(({ age }) => age! > YOUNG)) break;
  }
  throw pending(await stillRunning(job), ended);
}

/** What the activity still waits for: a running import, or only the rows in error of an import that has ended. */
function pending(rows: ImportRow[], ended: ReadonlySet<string>): Failure {
  const running = rows.find(({ id }) => !ended.has(id));
  if (!running) return new Failure('rowsInErrorAwaited', {}, { retryAfter: LATER.least });
  const { age, detail } = running;
  const retryAfter = Math.min(LATER.most, Math.max(LATER.least, age! * LATER.fraction));
  const status = detail === '' ? null : (detail ?? undefined);
  return new Failure('importRunning', { status }, { retryAfter });
}

async function stillRunning({ state, ref }: ImportJob): Promise<ImportRow[]> {
  return (await readImports(state, ref.run)).filter(({ status }) => status === 'posted');
}

/** Notes each unknown status once per import, however often it is requested, because the import stores it. */
async function noteUnknown(
  { state, ref, run: { activation } }: ImportJob,
  row: ImportRow,
  { status, words }: ImportState,
): Promise<void> {
  await keepWords(state, ref.run, 'importStatusUnknown', words);
  const detail = status ?? '';
  if (row.detail === detail) return;
  warn('importStatusUnknown', { activation, execution: row.executionId!, status });
  await recordDetail(state, ref, row.id, detail);
}

/** Records how an import ended. An import whose rows in error must be requested again is not changed. */
async function record(job: ImportJob, row: ImportRow, found: ImportState): Promise<void> {
  const { state, ref } = job;
  if (found.state !== 'success') await keepWords(state, ref.run, 'importFailed', found.words);
  if (found.state === 'success') return recordResult(state, ref, row.id, 'confirmed');
  const detail = found.status ?? undefined;
  if (found.state === 'failed') return recordResult(state, ref, row.id, 'doubtful', { detail });
  const { rowResults } = job.run.definition.destination.contract;
  if (rowResults === 'none') return recordResult(state, ref, row.id, 'unexplained', { detail });
  const { reading, isExplained } = await readRowResults(job, row);
  if (isExplained) return recordResult(state, ref, row.id, 'confirmed', { reading });
  const { times, since } = await noteUnread(state, ref, row.id);
  if (times < BELIEVED.times || since < BELIEVED.after) return;
  return recordResult(state, ref, row.id, 'unexplained', { detail, reading });
}

/**
 * Reads which rows of an import were not applied. They explain it if every row in error is accounted for: only then are
 * all other rows confirmed. An unreadable answer, or keys that are not in our file, confirm nothing.
 * @returns no reading if Actito did not even say how many rows are in error
 */
async function readRowResults(
  job: ImportJob,
  row: ImportRow,
): Promise<{ reading?: Reading; isExplained: boolean }> {
  const { state, ref, run, client } = job;
  const { activation, destination } = run.definition;
  const { entity } = destination;
  const execution = row.executionId!;
  const file = {
    entity,
    execution,
    keyAttribute: activation.matchingKey.attribute,
    attributes: await removableAttributes(job, row),
    columns: activation.attributes.length,
    rows: await countFileRows(state, ref.run, row),
  };
  let reading: Reading | undefined;
  try {
    const inError = await countRowsInError(client, entity, execution);
    const begun = (reading = await beginReading(state, ref, row.id));
    let read = 0;
    // A row can occur once for each of its rejected attributes.
    const inFile = new CountedOnce();
    await readRowsInError(client, file, async (rows) => {
      for (const no of await keep(job, row, begun, rows)) inFile.add(no);
      job.report((read += rows.length));
    });
    // If no error names a row, the errors are unexplained.
    const known = row.shared ? inFile.count : await countKnownResults(state, ref.run, row.chunk);
    return { reading, isExplained: inError > 0 && known === inError };
  } catch (error) {
    if (!isUnusable(error)) throw error;
    // The part that was read may not be about the rows in error.
    if (reading) await forgetReading(state, ref, reading);
    if (error.words) await keepWords(state, ref.run, error.told.reason, error.words.open());
    return { reading, isExplained: false };
  }
}

/** The license offers no results by row, the key may not read them, or the answer is something else. */
function isUnusable(error: unknown): error is Failure {
  if (isFailure(error, 'ActitoRefused')) return true;
  const reasons = ['apiKeyLacksRight', 'answerIsPage', 'answerNotJson', 'answerDamaged'];
  return isFailure(error) && reasons.includes(error.told.reason);
}

/** Stores the results of this run's rows. @returns the numbers of the rows that are in the file of a shared import */
async function keep(
  { state, ref, run, seeds }: ImportJob,
  row: ImportRow,
  reading: Reading,
  rows: RowInError[],
): Promise<number[]> {
  let ours = rows;
  let known: number[] = [];
  if (row.shared) {
    // A shared file also contains rows of other runs. Their keys are known, but their results are not stored here.
    const keys = rows.map(({ key }) => key);
    const file = await knownKeys(state, run, row, keys);
    known = file.known;
    ours = rows.filter(({ key }) => file.own.has(key));
  }
  const results = ours.map(({ key, unmatched, code, said, attributes }) => ({
    key,
    outcome: unmatched ? ('unmatched' as const) : ('refused' as const),
    reason: code,
    said,
    attributes,
  }));
  await storeResults(state, ref, reading, seeds, results);
  return known;
}

/** The attributes in an import's file that a row can be sent without. */
async function removableAttributes({ state, run }: ImportJob, { chunk }: ImportRow): Promise<string[]> {
  if (sendsWholeRows(run.definition)) return [];
  const omitted = omittedAttributes((await readChunk(state, run.run, chunk)).pattern);
  return run.definition.activation.attributes.flatMap(({ attribute }, index) =>
    omitted[index] ? [] : [attribute],
  );
}

/** All imports have a result. A failed import is reported after the others were recorded. */
async function finish({ state, ref, run }: ImportJob): Promise<number> {
  const imports = await readImports(state, ref.run);
  const failed = imports.find(({ status }) => status === 'doubtful');
  if (failed) {
    throw new Failure('importFailed', {
      activation: run.activation,
      execution: failed.executionId!,
      etl: etlFacts(run.definition),
    });
  }
  return imports.filter(({ executionId }) => executionId !== null).length;
}
