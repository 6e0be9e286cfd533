import { open } from 'node:fs/promises';
import { Transform, type TransformCallback } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { invalid } from '../refusal.ts';
import type { ImportPlan } from './definition.ts';

/** Lets an import file pass that is UTF-8 without byte-order mark and not too large; fails with a Refusal 400. */
export class FileGate extends Transform {
  readonly #limit: number;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #bytes = 0;
  #atStart = true;

  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limit) return done(tooLarge(this.#limit));
    const text = this.#decode(chunk);
    if (text === undefined) return done(invalid('file: not UTF-8.'));
    if (this.#atStart && text.startsWith('\uFEFF'))
      return done(invalid('file: begins with a byte-order mark.'));
    this.#atStart &&= text === '';
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    done(this.#decode() === undefined ? invalid('file: not UTF-8.') : null);
  }

  #decode(chunk?: Buffer): string | undefined {
    try {
      return this.#decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      return undefined;
    }
  }
}

export function tooLarge(limit: number): Error {
  return invalid(`file: larger than ${limit} bytes.`);
}

const LONGEST_HEADER = 64 * 1024;

/** @throws Refusal 400 unless the file's first line names exactly the definition's columns, in their order. */
export async function checkHeader(path: string, { columns, fileFormat }: ImportPlan): Promise<void> {
  const file = await open(path);
  const { buffer, bytesRead } = await file
    .read(Buffer.alloc(LONGEST_HEADER), 0, LONGEST_HEADER, 0)
    .finally(() => file.close());
  const line = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1)[0]!;
  const found = fieldsOf(line, fileFormat.separator);
  if (found?.length !== columns.length || found.some((name, i) => name !== columns[i])) {
    throw invalid(`file: the header line is not ${columns.join(fileFormat.separator)}.`);
  }
}

/** The fields of one CSV line, or nothing when it is not CSV. */
function fieldsOf(line: string, delimiter: string): string[] | undefined {
  try {
    return parse(line, { delimiter })[0];
  } catch {
    return undefined;
  }
}
