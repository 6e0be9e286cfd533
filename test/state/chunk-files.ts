import { parse } from 'csv-parse/sync';
import { importColumns, importFile, type ImportFileOptions } from '../../actito/files/import-file.ts';
import { spoolFile } from '../../actito/files/spool.ts';
import { assignChunks, omittedAttributes, type Chunk } from '../../state/imports/chunks.ts';
import { withFileRows } from '../../state/imports/parts.ts';
import { fenced } from '../../state/runs/lease.ts';
import type { Run } from '../../state/runs/runs.ts';
import type { StateWorld } from './support.ts';

/** The import file of a chunk, as it would be sent. */
export interface ChunkFile {
  columns: string[];
  rows: Record<string, string>[];
  keys: string[];
  bytes: number;
}

export async function chunkFile({ state }: StateWorld, run: Run, chunk: Chunk): Promise<ChunkFile> {
  const { matchingKey, attributes: mappings } = run.definition.activation;
  const options: ImportFileOptions = {
    keyAttribute: matchingKey.attribute,
    mappings,
    columns: run.columns!,
    targets: mappings.map(({ attribute }) => ({ name: attribute, type: 'STRING' })),
    omitted: omittedAttributes(chunk.pattern),
    contract: run.definition.destination.contract,
    setAside: async (rows) => {
      throw new Error(`${rows.length} rows were set aside.`);
    },
  };
  const file = await withFileRows(state, { parts: [{ run, chunk }] }, (batches) =>
    spoolFile(importFile(batches, options)),
  );
  try {
    const content: Uint8Array[] = [];
    for await (const part of file.read()) content.push(part);
    const rows = parse<ChunkFile['rows'][number]>(Buffer.concat(content), { delimiter: ';', columns: true });
    const keys = rows.map((row) => row[matchingKey.attribute]!);
    return { columns: importColumns(options), rows, keys, bytes: file.bytes };
  } finally {
    await file.close();
  }
}

/** Cuts what a planned run sends again into chunks of at most `limit` bytes. */
export async function cutAgain({ state }: StateWorld, run: Run, limit: number): Promise<void> {
  await fenced(state, run, async (trx) => {
    await trx.raw('delete from chunks where run = ?', [run.run]);
    await assignChunks(trx, run, limit);
  });
}
