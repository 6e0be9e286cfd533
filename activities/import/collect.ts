import { setTimeout as sleep } from 'node:timers/promises';
import { etlFacts } from '../../actito/imports/etl.ts';
import { countRowsInError, readRowsInError } from '../../actito/imports/rows-in-error.ts';
import { readImport, type ImportState } from '../../actito/imports/status.ts';
import { sendsWholeRows } from '../../activation/definition/definition.ts';
import { Failure, isFailure } from '../../contract/failure.ts';
import { omittedAttributes, readChunk } from '../../state/imports/chunks.ts';
import { readImports, recordDetail, recordResult, type ImportRow } from '../../state/imports/imports.ts';
import { clearResults, countKnownResults, knownKeys, storeResults } from '../../state/imports/results.ts';
import { keepWords } from '../../state/report/peer-words.ts';
import { warn } from '../warn.ts';
import type { ImportJob } from './job.ts';

/** Pauses between questions while the activity waits itself, in milliseconds; most small imports end within. */
const PAUSES = [100, 200, 400, 800, 1_500, 3_000, 5_000];
/** Then Temporal waits: a fraction of the time waited so far, within these bounds. */
const LATER = { least: 10_000, most: 120_000, fraction: 0.25 };

/**
 * Waits for the imports that Actito accepted, and records what became of each.
 * @returns the number of imports with a result
 * @throws Failure ImportPending when some are still running, ImportFailed when Actito says so of any
 */
export async function collectResults(job: ImportJob): Promise<number> {
  const { entity, contract } = job.run.definition.destination;
  for (const pause of [0, ...PAUSES]) {
    if (pause > 0) await sleep(pause, undefined, { signal: job.signal });
    for (const row of await stillRunning(job)) {
      const found = await readImport(
        job.client,
        { entity, execution: row.executionId! },
        contract.statusNames,
      );
      job.report(0);
      if (!found.known) await noteUnknown(job, row, found);
      if (found.state !== 'running') await record(job, row, found);
    }
    if ((await stillRunning(job)).length === 0) return finish(job);
  }
  const [oldest] = await stillRunning(job);
  const waited = Date.now() - oldest!.intendedAt!.getTime();
  const retryAfter = Math.min(LATER.most, Math.max(LATER.least, waited * LATER.fraction));
  const { detail } = oldest!;
  throw new Failure(
    'importRunning',
    { status: detail === '' ? null : (detail ?? undefined) },
    { retryAfter },
  );
}

async function stillRunning({ state, ref }: ImportJob): Promise<ImportRow[]> {
  return (await readImports(state, ref.run)).filter(({ status }) => status === 'posted');
}

/** Once an import and word, however often it is asked: the word is kept with the import. */
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

async function record(job: ImportJob, row: ImportRow, found: ImportState): Promise<void> {
  const { state, ref } = job;
  if (found.state !== 'success') await keepWords(state, ref.run, 'importFailed', found.words);
  if (found.state === 'success') return recordResult(state, ref, row.id, 'confirmed');
  if (found.state === 'failed')
    return recordResult(state, ref, row.id, 'doubtful', found.status ?? undefined);
  const isExplained = await readRowResults(job, row);
  if (isExplained) return recordResult(state, ref, row.id, 'confirmed');
  return recordResult(state, ref, row.id, 'unexplained', found.status ?? undefined);
}

/**
 * Reads which rows of an import were not applied. True when every row in error is accounted for: only then are all
 * others confirmed. An answer that cannot be read, or keys that are not ours, confirm nothing.
 */
async function readRowResults(job: ImportJob, row: ImportRow): Promise<boolean> {
  const { state, ref, run, client, seeds } = job;
  const { activation, destination } = run.definition;
  if (destination.contract.rowResults === 'none') return false;
  const { entity } = destination;
  const execution = row.executionId!;
  const keyAttribute = activation.matchingKey.attribute;
  const attributes = await removableAttributes(job, row);
  try {
    const inError = await countRowsInError(client, entity, execution);
    await clearResults(state, ref, row.chunk);
    let read = 0;
    let known = 0;
    await readRowsInError(client, { entity, execution, keyAttribute, attributes }, async (rows) => {
      let ours = rows;
      if (row.shared) {
        // A shared file holds the rows of others, too: theirs are known, and not ours to keep.
        const file = await knownKeys(
          state,
          run,
          row,
          rows.map(({ key }) => key),
        );
        known += file.known;
        ours = rows.filter(({ key }) => file.own.has(key));
      }
      const results = ours.map(({ key, unmatched, code, said, attributes: named }) => ({
        key,
        outcome: unmatched ? ('unmatched' as const) : ('refused' as const),
        reason: code,
        said,
        attributes: named,
      }));
      await storeResults(state, ref, row.chunk, seeds, results);
      job.report((read += rows.length));
    });
    // An import with errors of which none is a row's own explains nothing.
    if (!row.shared) known = await countKnownResults(state, run, row.chunk);
    return inError > 0 && known === inError;
  } catch (error) {
    if (isFailure(error, 'ActitoRefused')) return false; // this licence offers no result of rows
    throw error;
  }
}

/** The attributes in the file of an import that a row can go without. */
async function removableAttributes({ state, run }: ImportJob, { chunk }: ImportRow): Promise<string[]> {
  if (sendsWholeRows(run.definition)) return [];
  const omitted = omittedAttributes((await readChunk(state, run.run, chunk)).pattern);
  return run.definition.activation.attributes.flatMap(({ attribute }, index) =>
    omitted[index] ? [] : [attribute],
  );
}

/** All have a result: a failed import is told, after the others were recorded. */
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
