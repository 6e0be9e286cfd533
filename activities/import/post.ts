import type { Spool } from '../../actito/files/spool.ts';
import { NotFound, TooManyCalls } from '../../actito/api/failures.ts';
import { PACKED } from '../../actito/contract.ts';
import { etlMissing } from '../../actito/imports/etl.ts';
import { startImport } from '../../actito/imports/start.ts';
import { isFailure } from '../../contract/failure.ts';
import type { Chunk } from '../../state/imports/chunks.ts';
import { intendImport, recordImport } from '../../state/imports/imports.ts';
import { checkFence } from '../../state/runs/lease.ts';
import { requireParts, type SharedParts } from '../../state/imports/shared-parts.ts';
import { fileName } from './file-name.ts';
import type { ImportJob } from './job.ts';
import { afterLostAnswer, afterRefusal, isGivenUp } from './pauses.ts';

/** Starts the import of a file, for all who share it; the intent is recorded before the call. */
export async function post(
  job: ImportJob,
  chunk: Chunk,
  columns: string[],
  file: Spool,
  parts?: SharedParts,
): Promise<'sent' | 'deferred'> {
  const { state, ref, run, provisioned, client, quotaKey } = job;
  const { activation, destination } = run.definition;
  const { importMode, matchingKey } = activation;
  const id = await intendImport(state, ref, {
    chunk,
    quotaKey,
    limit: destination.limits.importsPerTablePerDay,
    retriesAlone: run.plan.retriesAlone,
    parts,
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
      beforeEnd: () =>
        state.transaction(async (trx) => {
          await checkFence(trx, ref);
          if (parts) await requireParts(trx, parts);
        }),
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
