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
  /** The attributes in Actito's message that are in the file. */
  attributes: string[];
  /** The text that is there instead of a code, only for the state; undefined if there is a code. */
  said?: string;
}

/** Replaces a text that is no code. */
const NO_CODE = 'REFUSED' satisfies RejectReason;
/**
 * Codes are words with underscores. In a file whose fields have shifted, a value is in their place, such as a name in
 * capitals. If it were taken for a code, it would be counted and shown as a reason.
 */
const CODE = /^[A-Z]+(_[A-Z]+)+$/;
const LONGEST_CODE = 50;
const LONGEST_SAID = 500;
/** The maximum size of a row in bytes. An unclosed quote would make everything after it one field. */
const LONGEST_ROW = 64 * 1024;
/** The maximum size of an unpacked result file in bytes: a minimum, and more for each row that was sent. */
const LARGEST = { least: 1024 * 1024, perRow: 8 * 1024 };

/** Returns Actito's count of the rows in error of an import. */
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

/** An import, and the content of its file besides the key. */
interface ImportedFile {
  entity: string;
  execution: string;
  keyAttribute: string;
  attributes?: readonly string[];
  /** The number of its attributes: a row may occur once more for each of them. */
  columns?: number;
  /** The maximum number of rows in the file, so also of rows in error. */
  rows: number;
}

/**
 * Streams the rows in error of an import to `take`, in batches. Stops at the size that is possible for the number of
 * rows.
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
    // A row can occur once for each of its rejected attributes.
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

/** Yields the rows of a result file. Errors of csv-parse may quote a member, so they are not passed on. */
async function* readable(parser: AsyncIterable<unknown>): AsyncGenerator<Record<string, string>> {
  try {
    yield* parser as AsyncIterable<Record<string, string>>;
  } catch (error) {
    if (error instanceof CsvError) throw unreadable(error.code);
    throw error;
  }
}
