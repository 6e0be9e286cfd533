import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '@temporalio/activity';
import { WHERE_ETLS_ARE, etlRequirements } from '../../actito/imports/etl.ts';
import { readImport, type ImportState } from '../../actito/imports/status.ts';
import { Failure } from '../../contract/failure.ts';
import { readImports, recordImport, type ImportRow } from '../../state/imports/imports.ts';
import { progress } from '../progress.ts';
import type { ImportJob } from './job.ts';
import { readRowResults } from './row-results.ts';

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
  const report = progress();
  const { entity, contract } = job.run.definition.destination;
  for (const pause of [0, ...PAUSES]) {
    if (pause > 0) await sleep(pause, undefined, { signal: job.signal });
    const posted = (await readImports(job.state, job.ref.run)).filter(({ status }) => status === 'posted');
    for (const row of posted) {
      const found = await readImport(
        job.client,
        { entity, execution: row.executionId! },
        contract.statusNames,
      );
      report(0);
      if (!found.known) await noteUnknown(job, row, found);
      if (found.state !== 'running') await record(job, row, found);
    }
    if ((await stillPosted(job)).length === 0) return finish(job);
  }
  const [oldest] = await stillPosted(job);
  const waited = Date.now() - oldest!.intendedAt.getTime();
  throw new Failure(
    'ImportPending',
    `Actito has not finished the import yet; it runs one at a time per licence.${oldest!.detail ? ` ${oldest!.detail}` : ''}`,
    {
      retryAfter: Math.min(LATER.most, Math.max(LATER.least, waited * LATER.fraction)),
    },
  );
}

async function stillPosted({ state, ref }: ImportJob): Promise<ImportRow[]> {
  return (await readImports(state, ref.run)).filter(({ status }) => status === 'posted');
}

/** Once an import and word, however often it is asked: the word is kept with the import. */
async function noteUnknown(
  { state, ref }: ImportJob,
  row: ImportRow,
  { status }: ImportState,
): Promise<void> {
  const detail =
    `Actito says "${status}", which is taken as still running; if it means an end, add it to contract.statusNames of ` +
    'the destination.';
  if (row.detail === detail) return;
  log.warn(detail, { import: row.executionId });
  await recordImport(state, ref, row.id, { status: 'posted', detail });
}

async function record(job: ImportJob, row: ImportRow, found: ImportState): Promise<void> {
  const { state, ref } = job;
  if (found.state === 'success') return recordImport(state, ref, row.id, { status: 'confirmed' });
  if (found.state === 'failed') {
    const detail = found.message ?? found.status;
    return recordImport(state, ref, row.id, { status: 'doubtful', detail });
  }
  const explained = await readRowResults(job, row);
  await recordImport(
    state,
    ref,
    row.id,
    explained ? { status: 'confirmed' } : { status: 'unexplained', detail: found.status },
  );
}

/** All have a result: a failed import is told, after the others were recorded. */
async function finish({ state, ref, run }: ImportJob): Promise<number> {
  const imports = await readImports(state, ref.run);
  const failed = imports.find(({ status }) => status === 'doubtful');
  if (failed) {
    const etl = etlRequirements(run.definition);
    throw new Failure(
      'ImportFailed',
      `Actito reports import ${failed.executionId} as failed (${failed.detail}). Its members are sent again by the next ` +
        `run.${etl === undefined ? '' : ` If it fails again, compare: ${etl.message} ${WHERE_ETLS_ARE}.`}`,
    );
  }
  return imports.filter(({ status }) => status !== 'refused' && status !== 'intended').length;
}
