import { randomUUID } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { Unzip, UnzipInflate } from 'fflate';
import { Failure } from '../activation/failures.ts';
import type { ActitoClient } from './api/client.ts';
import { printable } from './api/failures.ts';
import {
  createdBody,
  executionBody,
  executionResultBody,
  IMPORT_PARTS,
  importDefinition,
  RESULT_FILE,
  STATUS_NAMES,
} from './contract.ts';
import type { Spool } from './files/spool.ts';

/** An import to start: where to, which columns, which file. */
export interface ImportRequest {
  entity: string;
  table: string;
  keyAttribute: string;
  columns: string[];
  fileName: string;
  file: Spool;
  /** Asked once the whole file is on its way and before the call is complete: the last moment to give up. */
  beforeEnd: () => Promise<void>;
}

/** Starts a one-shot import. @returns the execution's id */
export async function startImport(client: ActitoClient, request: ImportRequest): Promise<string> {
  const { entity, table, keyAttribute, columns, fileName, file } = request;
  const definition = JSON.stringify(importDefinition(table, keyAttribute, columns));
  const boundary = `actito-sync-${randomUUID()}`;
  const part = (name: string, type: string, more = '') =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\nContent-Type: ${type}\r\n\r\n`;
  const head = Buffer.from(
    `${part(IMPORT_PARTS.definition, 'application/json')}${definition}\r\n` +
      part(IMPORT_PARTS.file, 'text/csv', `; filename="${fileName}"`),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  async function* body() {
    yield head;
    yield* file.read();
    await request.beforeEnd();
    yield tail;
  }
  const headers = { 'Content-Type': `multipart/form-data; boundary=${boundary}` };
  const created = await client.call(
    { method: 'POST', route: 'executions', parts: { entity }, stream: () => ({ headers, body: body() }) },
    createdBody,
  );
  return created.id;
}

/** How an import stands. Names that the contract does not know mean "still running". */
export interface ImportState {
  state: 'running' | 'success' | 'withErrors' | 'failed';
  /** Actito's own word. */
  status: string;
  message?: string;
}

/** Asks how an import stands. */
export async function readImport(
  client: ActitoClient,
  entity: string,
  execution: string,
): Promise<ImportState> {
  const { status, message } = await client.call(
    { route: 'execution', parts: { entity, execution } },
    executionBody,
  );
  return {
    state: STATUS_NAMES[status] ?? 'running',
    status,
    message: message ? printable(message) : undefined,
  };
}

/** A row that an import did not apply, with Actito's code. */
export interface RowInError {
  key: string;
  unmatched: boolean;
  code: string;
}

/** How many rows of an import are in error, by Actito's count. */
export async function countRowsInError(
  client: ActitoClient,
  entity: string,
  execution: string,
): Promise<number> {
  const result = await client.call(
    { route: 'executionResult', parts: { entity, execution } },
    executionResultBody,
  );
  return result.withErrors ? result.rowsInError : 0;
}

/** Streams the rows in error of an import to `take`, in batches. */
export async function readRowsInError(
  client: ActitoClient,
  { entity, execution, keyAttribute }: { entity: string; execution: string; keyAttribute: string },
  take: (rows: RowInError[]) => Promise<void>,
): Promise<void> {
  await client.download({ route: 'executionResultFile', parts: { entity, execution } }, async (body) => {
    const parser = parse({ columns: true, delimiter: RESULT_FILE.separator, bom: true });
    pipeline(Readable.from(unzip(body)), parser, () => {}); // an error reaches the loop below through the parser
    const batch: RowInError[] = [];
    for await (const row of readable(parser)) {
      const code = row[RESULT_FILE.codeColumn] ?? '';
      batch.push({
        key: row[keyAttribute] ?? '',
        unmatched: code === RESULT_FILE.unmatchedCode,
        code: /^[A-Z][A-Z0-9_]{0,49}$/.test(code) ? code : 'REFUSED',
      });
      if (batch.length === 5_000) await take(batch.splice(0));
    }
    if (batch.length > 0) await take(batch);
  });
}

/** The rows of a result file. What csv-parse and fflate throw may quote a member: it stays here. */
async function* readable(parser: AsyncIterable<unknown>): AsyncGenerator<Record<string, string>> {
  try {
    yield* parser as AsyncIterable<Record<string, string>>;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (error instanceof CsvError || typeof code === 'number') {
      throw new Failure('ActitoRefused', `Actito's file of rows in error cannot be read (${String(code)}).`);
    }
    throw error;
  }
}

/** The content of the (one) file in a ZIP, as it arrives. */
async function* unzip(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  let failure: Error | null = null;
  const archive = new Unzip((file) => {
    file.ondata = (error, chunk) => {
      if (error) failure = error;
      else ready.push(chunk);
    };
    file.start();
  });
  archive.register(UnzipInflate);
  for await (const chunk of body) {
    archive.push(chunk);
    if (failure) throw failure as Error;
    yield* ready;
    ready = [];
  }
  archive.push(new Uint8Array(0), true);
  yield* ready;
}
