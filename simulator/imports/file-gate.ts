import { open } from 'node:fs/promises';
import { Transform, type TransformCallback } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { invalid } from '../refusal.ts';

/** The remaining number of bytes for all files of one upload. */
export interface Allowance {
  readonly limit: number;
  left: number;
}

/**
 * Passes an import file on if it is UTF-8 without a byte-order mark, and not too large. Otherwise fails with a Refusal
 * 400.
 */
export class FileGate extends Transform {
  readonly #allowance: Allowance;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #atStart = true;

  constructor(allowance: Allowance) {
    super();
    this.#allowance = allowance;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#allowance.left -= chunk.length;
    if (this.#allowance.left < 0) return done(tooLarge(this.#allowance.limit));
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

/** Returns the fields of a file's first line; empty if it is not CSV. */
export async function readHeader(path: string, delimiter: string): Promise<string[]> {
  const file = await open(path);
  const { buffer, bytesRead } = await file
    .read(Buffer.alloc(LONGEST_HEADER), 0, LONGEST_HEADER, 0)
    .finally(() => file.close());
  const line = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1)[0]!;
  try {
    return parse(line, { delimiter })[0] ?? [];
  } catch {
    return [];
  }
}
