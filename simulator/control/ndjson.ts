import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { invalid } from '../refusal.ts';

const LINES_PER_CHUNK = 500;

/** Writes one JSON value per line. The values can be unlimited. */
export function toNdjson(values: Iterable<unknown>): Readable {
  return Readable.from(
    (function* () {
      let lines: string[] = [];
      for (const value of values) {
        lines.push(JSON.stringify(value), '\n');
        if (lines.length < 2 * LINES_PER_CHUNK) continue;
        yield lines.join('');
        lines = [];
      }
      yield lines.join('');
    })(),
  );
}

/** Reads one JSON value per line. @throws Refusal 400 at a line that is not JSON. */
export async function* fromNdjson(stream: Readable): AsyncGenerator<unknown> {
  let number = 0;
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    number += 1;
    if (line === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw invalid(`Line ${number} is not JSON.`);
    }
    yield value;
  }
}
