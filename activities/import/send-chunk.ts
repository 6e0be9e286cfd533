import { importColumns, importFile } from '../../actito/files/import-file.ts';
import { spoolFile } from '../../actito/files/spool.ts';
import { PACKED } from '../../actito/contract.ts';
import { withChunkRows } from '../../state/imports/chunk-rows.ts';
import { isCanary, type Chunk } from '../../state/imports/chunks.ts';
import { setAside } from '../../state/imports/set-aside.ts';
import { findShare } from '../../state/imports/shared-imports.ts';
import { progress } from '../progress.ts';
import { counting, fileOptions } from './file-options.ts';
import { findLost } from './find-lost.ts';
import type { ImportJob } from './job.ts';
import { wasGivenUp } from './pauses.ts';
import { post } from './post.ts';
import { joinOrOpen, sendShared, waitOf } from './share.ts';

/**
 * How sending a chunk went. `deferred`: the day's quota of imports is used up, by our count or by Actito's. `nothing`:
 * every row had to be set aside. `overtaken`: those who wait longest were set aside; their chunk goes first, once it is
 * assigned. Milliseconds: it waits so long for others that share its import.
 */
export type Sent = 'sent' | 'deferred' | 'nothing' | 'overtaken' | number;

/** Writes a chunk's file and starts its import, with an intent recorded before the call. */
export async function sendChunk(job: ImportJob, chunk: Chunk): Promise<Sent> {
  if (await wasGivenUp(job, chunk)) return 'deferred';
  const { contract, imports } = job.run.definition.destination;
  const isAlone = imports?.shareWithin === undefined || isCanary(chunk);
  const share = isAlone ? undefined : await findShare(job.state, job.ref, chunk.no);
  if (share && share.state !== 'dissolved') return waitOf(share) ?? sendShared(job, chunk, share.shared);

  let overtaken = false;
  const options = fileOptions(job, chunk, async (rows) => {
    const asideWait = await setAside(job.state, job.ref, job.run, job.seeds, rows);
    overtaken ||= asideWait !== null && chunk.waitsSince !== null && asideWait <= chunk.waitsSince;
  });
  const report = progress();
  const file = await withChunkRows(job.state, job.run, chunk, (batches) =>
    spoolFile(counting(importFile(batches, options), report), {
      packing: contract.compression,
      name: `${job.run.activation}.csv`,
    }),
  );
  try {
    if (file.rows === 0) return 'nothing';
    if (overtaken && !isCanary(chunk)) return 'overtaken';
    if (await findLost(job, chunk, PACKED[file.packing].suffix)) return 'sent';
    const wait = isAlone || share ? undefined : await joinOrOpen(job, chunk, options);
    return wait ?? (await post(job, chunk, importColumns(options), file));
  } finally {
    await file.close();
  }
}
