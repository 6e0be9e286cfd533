import { createHash } from 'node:crypto';
import {
  importColumns,
  importFile,
  type BadRow,
  type ImportFileOptions,
} from '../../actito/files/import-file.ts';
import { sendsWholeRows } from '../../activation/definition/definition.ts';
import { spoolFile, type FilePart, type Spool } from '../../actito/files/spool.ts';
import { Failure } from '../../contract/failure.ts';
import { isCanary, omittedAttributes, setAside, type Chunk } from '../../state/imports/chunks.ts';
import { closeShared, requireParts, withFileRows } from '../../state/imports/parts.ts';
import { dissolve, findShare, gather, type Share } from '../../state/imports/sharing.ts';
import type { ImportJob } from './job.ts';
import { findLost, post, wasGivenUp } from './post.ts';

/**
 * The result of sending a chunk. `deferred`: the day's quota of imports is used up, by our count or by Actito's.
 * `nothing`: every row was set aside. `overtaken`: the members who waited longest were set aside; once they have a
 * chunk, it goes first. `waits`: for other runs that share its import.
 */
export type Sent =
  { kind: 'sent' | 'deferred' | 'nothing' | 'overtaken' } | Extract<Share, { kind: 'waits' }>;

/** Sends a chunk, in its own file or in a shared one. */
export async function sendChunk(job: ImportJob, chunk: Chunk): Promise<Sent> {
  const { state, ref, run } = job;
  if (await wasGivenUp(job, chunk)) return { kind: 'deferred' };
  if (await findLost(job, chunk)) return { kind: 'sent' };
  const { imports } = run.definition.destination;
  const isAlone = imports?.shareWithin === undefined || isCanary(chunk);
  const share: Share = isAlone ? { kind: 'alone' } : await findShare(state, ref, chunk.no);
  if (share.kind === 'leads') return sendShared(job, chunk, share.id);
  if (share.kind === 'new' || share.kind === 'alone') return sendOwn(job, chunk, share.kind);
  return share;
}

/**
 * Writes the file of a chunk. A chunk that may share an import joins it now, because its bad rows are already set
 * aside.
 */
async function sendOwn(job: ImportJob, chunk: Chunk, kind: 'new' | 'alone'): Promise<Sent> {
  const { state, ref, run, seeds } = job;
  let overtaken = false;
  const options = fileOptions(job, chunk, async (rows) => {
    const asideWait = await setAside(state, ref, run, seeds, rows);
    overtaken ||= asideWait !== null && chunk.waitsSince !== null && asideWait <= chunk.waitsSince;
  });
  const file = await withFileRows(state, { parts: [{ run, chunk }] }, (batches) =>
    write(job, options, batches),
  );
  try {
    if (file.rows === 0) return { kind: 'nothing' };
    if (overtaken && !isCanary(chunk)) return { kind: 'overtaken' };
    const share: Share = kind === 'new' ? await join(job, chunk, options) : { kind };
    if (share.kind === 'waits' || share.kind === 'sent') return share;
    if (share.kind === 'leads') return { kind: 'waits', forMs: 0 };
    return await post(job, chunk, importColumns(options), file);
  } finally {
    await file.close();
  }
}

/** Writes and sends the one file of all parts. This run is their lead. */
async function sendShared(job: ImportJob, chunk: Chunk, id: string): Promise<Sent> {
  const { state, ref } = job;
  const shared = await closeShared(state, ref, id);
  const requireAll = () => state.transaction((trx) => requireParts(trx, shared, 'closed'));
  const options = fileOptions(job, chunk, async () => {
    throw new Failure('sharedRowUnwritable', {});
  });
  const file = await withFileRows(state, shared, (batches) => write(job, options, batches)).catch(
    async (error: unknown) => {
      await requireAll(); // the missing delta may belong to another run that has ended
      throw error;
    },
  );
  try {
    if (file.rows !== shared.keys) {
      await requireAll();
      throw new Failure('sharedRowsMissing', { rows: file.rows, keys: shared.keys });
    }
    const sent = await post(job, chunk, importColumns(options), file, shared);
    // Other runs must not wait for a lead that itself waits for the quota or for others.
    if (sent.kind === 'deferred') await dissolve(state, ref);
    return sent;
  } finally {
    await file.close();
  }
}

function join(
  { state, ref, run, quotaKey }: ImportJob,
  chunk: Chunk,
  options: ImportFileOptions,
): Promise<Share> {
  const { imports, limits } = run.definition.destination;
  return gather(state, ref, run, {
    chunk,
    quotaKey,
    shape: shapeOf(run.definition, options),
    within: imports!.shareWithin!,
    limit: limits.importsPerTablePerDay,
  });
}

/**
 * Files must have the same shape to be combined: everything that decides how a row of the delta is written and read.
 */
function shapeOf({ activation, destination }: ImportJob['run']['definition'], options: ImportFileOptions) {
  const { matchingKey, importMode } = activation;
  const included = options.mappings.flatMap((mapping, index) =>
    options.omitted[index]
      ? []
      : [
          [
            mapping.attribute,
            mapping.nulls,
            mapping.timezone,
            mapping.defaultCountry,
            options.columns[index]!.kind,
            options.targets[index],
          ],
        ],
  );
  const { type, attribute } = matchingKey;
  const { entity, contract } = destination;
  const shape = [importColumns(options), included, type, attribute, importMode, entity, contract];
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex');
}

/**
 * How the file of a chunk is written. `aside` gets the rows that cannot go with it, and the patterns that they can go
 * with.
 */
function fileOptions(
  { run, provisioned }: ImportJob,
  chunk: Chunk,
  aside: (rows: (BadRow & { pattern: string })[]) => Promise<void>,
): ImportFileOptions {
  const { activation, destination } = run.definition;
  const omitted = omittedAttributes(chunk.pattern);
  const allColumns = activation.importMode !== 'oneShot' && destination.contract.etlColumns === 'all';
  // Then a bad value could be sent only as an empty field, which must not clear the value in Actito.
  const wholeRow = sendsWholeRows(run.definition);
  // A row that leaves out everything is not sent.
  const patternWithout = ({ bad }: BadRow) =>
    omitted
      .map((out, index) => (wholeRow || out || bad.some((value) => value.index === index) ? '1' : '0'))
      .join('');
  return {
    keyAttribute: activation.matchingKey.attribute,
    mappings: activation.attributes,
    columns: run.columns!,
    targets: provisioned.attributes,
    omitted,
    contract: destination.contract,
    allColumns,
    setAside: (rows) => aside(rows.map((row) => ({ ...row, pattern: patternWithout(row) }))),
  };
}

function write(
  { run, report }: ImportJob,
  options: ImportFileOptions,
  batches: AsyncIterable<Buffer>,
): Promise<Spool> {
  const packing = run.definition.destination.contract.compression;
  return spoolFile(counting(importFile(batches, options), report), {
    packing,
    name: `${run.activation}.csv`,
  });
}

/** Reports the progress of a file while it is written. */
async function* counting(
  parts: AsyncIterable<FilePart>,
  report: (rows: number) => void,
): AsyncGenerator<FilePart> {
  let rows = 0;
  for await (const part of parts) {
    yield part;
    rows += part.rows;
    report(rows);
  }
}
