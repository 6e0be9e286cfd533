import { createHash } from 'node:crypto';
import { importColumns, importFile, type ImportFileOptions } from '../../actito/files/import-file.ts';
import { spoolFile } from '../../actito/files/spool.ts';
import { PACKED } from '../../actito/contract.ts';
import { withSharedRows } from '../../state/imports/chunk-rows.ts';
import type { Chunk } from '../../state/imports/chunks.ts';
import { dissolve, share, type Share } from '../../state/imports/shared-imports.ts';
import { requireParts } from '../../state/imports/shared-parts.ts';
import { closeShared } from '../../state/imports/shared-rows.ts';
import { progress } from '../progress.ts';
import { counting, fileOptions } from './file-options.ts';
import { findLost } from './find-lost.ts';
import type { ImportJob } from './job.ts';
import { post } from './post.ts';

/** Between looks whether the leader has sent the file, in milliseconds. */
const LOOK = 3_000;

/** How long a chunk waits now, in milliseconds; undefined: it is up to this run to send the file. */
export function waitOf({ leads, state, leavesIn }: Share): number | undefined {
  if (leads) return state === 'open' && leavesIn > 0 ? leavesIn : undefined;
  return Math.max(0, leavesIn) + LOOK;
}

/** Lets a chunk wait for others, if the destination says so; its bad rows have been set aside. Undefined: it goes alone. */
export async function joinOrOpen(
  { state, ref, run, quotaKey }: ImportJob,
  chunk: Chunk,
  options: ImportFileOptions,
): Promise<number | undefined> {
  const { imports, limits } = run.definition.destination;
  if (imports?.shareWithin === undefined) return undefined;
  const joined = await share(state, ref, run, {
    ...{ chunk, quotaKey, shape: shapeOf(run.definition, options) },
    ...{ within: imports.shareWithin, limit: limits.importsPerTablePerDay },
  });
  return joined && (waitOf(joined) ?? 0);
}

/** What files must have in common to become one: all that decides how a row of the delta is written, and how it is read. */
function shapeOf({ activation, destination }: ImportJob['run']['definition'], options: ImportFileOptions) {
  const { matchingKey, importMode } = activation;
  const included = options.mappings.flatMap((mapping, index) =>
    options.omitted[index]
      ? []
      : [[mapping.attribute, mapping.nulls, options.columns[index]!.kind, options.targets[index]]],
  );
  const { type, attribute } = matchingKey;
  return createHash('sha256')
    .update(
      JSON.stringify([
        ...[importColumns(options), included, type, attribute],
        ...[importMode, destination.entity, destination.contract],
      ]),
    )
    .digest('hex');
}

/** Writes and sends the one file of all parts; this run leads them. However often it is tried, it goes on with the same import. */
export async function sendShared(job: ImportJob, chunk: Chunk, shared: string): Promise<'sent' | 'deferred'> {
  const { state, ref, run } = job;
  const { keys, ...parts } = await closeShared(state, ref, shared);
  const options = fileOptions(job, chunk, async () => {
    throw new Error('A row of a shared import cannot be written, although its own run could write it.');
  });
  const report = progress();
  const file = await withSharedRows(state, run, parts, (batches) =>
    spoolFile(counting(importFile(batches, options), report), {
      packing: run.definition.destination.contract.compression,
      name: `${run.activation}.csv`,
    }),
  ).catch(async (error: unknown) => {
    // The delta that is gone may be another's, whose run has ended.
    await state.transaction((trx) => requireParts(trx, parts));
    throw error;
  });
  try {
    if (file.rows !== keys) {
      await state.transaction((trx) => requireParts(trx, parts));
      throw new Error(`A shared import file has ${file.rows} of ${keys} rows.`);
    }
    if (await findLost(job, chunk, PACKED[file.packing].suffix)) return 'sent';
    const sent = await post(job, chunk, importColumns(options), file, parts);
    // The others find out for themselves that no import is left.
    if (sent === 'deferred') await dissolve(state, ref);
    return sent;
  } finally {
    await file.close();
  }
}
