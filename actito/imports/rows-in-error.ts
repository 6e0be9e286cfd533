import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { RejectReason } from '../../contract/messages/rejects.ts';
import type { ActitoClient } from '../api/client.ts';
import { executionResultBody, RESULT_FILE } from '../contract.ts';
import { namedAttributes } from './named-attributes.ts';
import { unreadable, unzip } from './unzip.ts';

/** A row that an import did not apply, with Actito's code. */
export interface RowInError {
  key: string;
  unmatched: boolean;
  code: string;
  /** The attributes that Actito named, of those in the file. */
  attributes: string[];
  /** What stands in place of a code, for the state alone; undefined: it is a code. */
  said?: string;
}

/** What stands for a code that is none. */
const NO_CODE = 'REFUSED' satisfies RejectReason;
/**
 * Codes are words joined by underscores. In a file whose fields have shifted a value stands in their place, such as a name in
 * capitals; it is counted and shown as a reason if it is taken for a code.
 */
const CODE = /^[A-Z]+(_[A-Z]+)+$/;
const LONGEST_CODE = 50;
const LONGEST_SAID = 500;
/** Most bytes of a row. A quote that is never closed would make all that follows one field. */
const LONGEST_ROW = 64 * 1024;
/** Bytes that a result file may have unpacked: so many, and for each row sent so many more. */
const LARGEST = { least: 1024 * 1024, perRow: 8 * 1024 };

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

/** An import, and what its file held besides the key. */
interface ImportedFile {
  entity: string;
  execution: string;
  keyAttribute: string;
  attributes?: readonly string[];
  /** How many attributes it held: of each a row may be told once more. */
  columns?: number;
  /** How many rows the file had at most: no more can be in error. */
  rows: number;
}

/**
 * Streams the rows in error of an import to `take`, in batches. Nothing is read beyond what a file of so many rows can be
 * told of.
 */
export async function readRowsInError(
  client: ActitoClient,
  { entity, execution, keyAttribute, attributes = [], columns = attributes.length, rows: sent }: ImportedFile,
  take: (rows: RowInError[]) => Promise<void>,
): Promise<void> {
  await client.download({ route: 'executionResultFile', parts: { entity, execution } }, async (body) => {
    const parser = parse({
      columns: true,
      delimiter: RESULT_FILE.separator,
      bom: true,
      max_record_size: LONGEST_ROW,
    });
    const content = unzip(body, LARGEST.least + sent * LARGEST.perRow);
    pipeline(Readable.from(content), parser, () => {}); // an error reaches the loop below through the parser
    const batch: RowInError[] = [];
    // A row may be told once for each attribute that it was refused for.
    let left = sent * (1 + columns);
    for await (const row of readable(parser)) {
      if (left-- === 0) throw unreadable('MORE_ROWS_THAN_SENT');
      const code = row[RESULT_FILE.codeColumn] ?? '';
      const isCode = code.length <= LONGEST_CODE && CODE.test(code);
      batch.push({
        key: row[keyAttribute] ?? '',
        unmatched: code === RESULT_FILE.unmatchedCode,
        code: isCode ? code : NO_CODE,
        said: isCode || code === '' ? undefined : code.slice(0, LONGEST_SAID),
        attributes: namedAttributes(row, attributes),
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
      throw unreadable(String(code));
    }
    throw error;
  }
}
