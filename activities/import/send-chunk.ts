import {
  importColumns,
  importFile,
  type BadRow,
  type ImportFileOptions,
} from '../../actito/files/import-file.ts';
import { spoolFile, type Spool } from '../../actito/files/spool.ts';
import { NotFound, TooManyCalls } from '../../actito/api/failures.ts';
import { PACKED } from '../../actito/contract.ts';
import { etlMissing } from '../../actito/imports/etl.ts';
import { startImport } from '../../actito/imports/start.ts';
import { isFailure } from '../../activation/failures.ts';
import { withChunkRows } from '../../state/chunk-rows.ts';
import { omittedAttributes, type Chunk } from '../../state/chunks.ts';
import { intendImport, recordImport } from '../../state/imports.ts';
import { checkFence } from '../../state/lease.ts';
import { setAside } from '../../state/set-aside.ts';
import { progress } from '../progress.ts';
import { findLost } from './find-lost.ts';
import { fileName } from './file-name.ts';
import type { ImportJob } from './job.ts';
import { afterLostAnswer, afterRefusal, isGivenUp, wasGivenUp } from './pauses.ts';

/**
 * Writes a chunk's file and starts its import, with an intent recorded before the call.
 * `deferred`: the day's quota of imports is used up, by our count or by Actito's. `nothing`: every row had to be set
 * aside. `overtaken`: those who wait longest were set aside; their chunk goes first, once it is assigned.
 */
export async function sendChunk(
  job: ImportJob,
  chunk: Chunk,
): Promise<'sent' | 'deferred' | 'nothing' | 'overtaken'> {
  if (await wasGivenUp(job, chunk)) return 'deferred';
  let overtaken = false;
  const options = fileOptions(job, chunk, (asideWait) => {
    overtaken ||= asideWait !== null && chunk.waitsSince !== null && asideWait <= chunk.waitsSince;
  });
  const report = progress();
  const { compression: packing } = job.run.definition.destination.contract;
  const file = await withChunkRows(job.state, job.run, chunk, (batches) =>
    spoolFile(counting(importFile(batches, options), report), { packing, name: `${job.run.activation}.csv` }),
  );
  try {
    if (file.rows === 0) return 'nothing';
    if (overtaken) return 'overtaken';
    if (await findLost(job, chunk, PACKED[file.packing].suffix)) return 'sent';
    return await post(job, chunk, importColumns(options), file);
  } finally {
    await file.close();
  }
}

async function post(
  job: ImportJob,
  chunk: Chunk,
  columns: string[],
  file: Spool,
): Promise<'sent' | 'deferred'> {
  const { state, ref, run, provisioned, client, quotaKey } = job;
  const { activation, destination } = run.definition;
  const { importMode, matchingKey } = activation;
  const id = await intendImport(state, ref, {
    chunk: chunk.no,
    quotaKey,
    limit: destination.limits.importsPerTablePerDay,
    retriesAlone: run.plan.retriesAlone,
  });
  if (id === null) return 'deferred';
  try {
    const executionId = await startImport(client, {
      entity: destination.entity,
      by:
        importMode === 'oneShot'
          ? { table: provisioned.tableId, keyAttribute: matchingKey.attribute, columns }
          : { etl: importMode.etl },
      fileName: fileName(job, id, PACKED[file.packing].suffix),
      parts: destination.contract.importParts,
      file,
      // A run that was superseded while it sent must not finish the call: a newer one may have newer values.
      beforeEnd: () => state.transaction((trx) => checkFence(trx, ref)),
    }).catch((error: unknown) => {
      const isMissing = error instanceof NotFound && importMode !== 'oneShot';
      throw isMissing ? etlMissing(run.definition, error.message) : error;
    });
    await recordImport(state, ref, id, { status: 'posted', executionId });
    return 'sent';
  } catch (error) {
    if (error instanceof TooManyCalls) {
      await recordImport(state, ref, id, { status: 'refused', detail: error.message, limited: true });
      if (await isGivenUp(job)) return 'deferred';
      throw await afterRefusal(job, chunk, error);
    }
    if (isFailure(error) && error.notDone) {
      await recordImport(state, ref, id, { status: 'refused', detail: error.message });
    } else if (isFailure(error, 'ActitoUnavailable')) {
      throw await afterLostAnswer(job, chunk, error);
    }
    throw error;
  }
}

function fileOptions(
  { state, ref, run, provisioned }: ImportJob,
  chunk: Chunk,
  onAside: (waitsSince: Date | null) => void,
): ImportFileOptions {
  const { activation, destination } = run.definition;
  const { emptyValue, etlColumns } = destination.contract;
  const omitted = omittedAttributes(chunk.pattern);
  const allColumns = activation.importMode !== 'oneShot' && etlColumns === 'all';
  // Then a bad value can only be sent as an empty field, which must not clear what Actito has.
  const wholeRow = allColumns && emptyValue === 'clears';
  return {
    keyAttribute: activation.matchingKey.attribute,
    mappings: activation.attributes,
    columns: run.columns!,
    targets: provisioned.attributes,
    ...{ omitted, emptyValue, allColumns },
    setAside: async (rows) => {
      const set = rows.map((row) => ({ ...row, pattern: patternWithout(omitted, row, wholeRow) }));
      onAside(await setAside(state, ref, set));
    },
  };
}

/**
 * The pattern of a row that leaves out its bad values too, or with `wholeRow` everything, so that it is not sent; `v`
 * keeps it apart from the chunks assigned first.
 */
function patternWithout(omitted: boolean[], { bad }: BadRow, wholeRow: boolean): string {
  const left = omitted.map((out, index) => wholeRow || out || bad.some((value) => value.index === index));
  return `v${left.map((out) => (out ? '1' : '0')).join('')}`;
}

async function* counting(
  parts: AsyncIterable<{ text: string; rows: number }>,
  report: (rows: number) => void,
) {
  let rows = 0;
  for await (const part of parts) {
    yield part;
    rows += part.rows;
    report(rows);
  }
}
