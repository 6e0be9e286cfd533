import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';

/** Chunks that keep the parser busy without holding up the other work of the process for long. */
export const READ_CHUNK = { highWaterMark: 256 * 1024 };

/**
 * Reads CSV and hands each record to `onRecord`, header included, with its number and the line that it begins on
 * (both from 1). A million records are normal; only those of one chunk are ever held.
 * @throws when a record has another number of fields than the first, whatever `onRecord` throws, or on abort.
 */
export async function readCsv(
  source: Readable,
  delimiter: string,
  onRecord: (fields: string[], number: number, line: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  let number = 0;
  let line = 1;
  let width: number | undefined;
  // Field counts are checked here: the parser's own check would throw away good records of the same chunk. Its
  // record hooks, which know the line, take twice as long as all the rest.
  const parser = parse({ delimiter, record_delimiter: ['\r\n', '\n'], relax_column_count: true });
  parser.on('data', (fields: string[]) => {
    try {
      width ??= fields.length;
      if (fields.length !== width) throw new Error(`line ${line} has ${fields.length} fields, not ${width}`);
      onRecord(fields, (number += 1), line);
      line += 1;
      for (const field of fields) if (field.includes('\n')) line += field.split('\n').length - 1;
    } catch (error) {
      parser.destroy(error as Error);
    }
  });
  await pipeline(source, parser, { signal });
}
