import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Writes what comes, as fast as it is read: however much it is, little of it is in memory. */
export async function writeStream(
  out: Writable,
  content: AsyncIterable<string | Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  await pipeline(Readable.from(content), out, { end: false, signal });
}

/** A JSON object with the fields of `head` and one array, a line for each of its items. */
export async function* jsonWithArray(
  head: object,
  name: string,
  batches: AsyncIterable<unknown[]>,
): AsyncGenerator<string> {
  const fields = Object.entries(head).map(
    ([field, value]) => `${JSON.stringify(field)}:${JSON.stringify(value)},`,
  );
  yield `{${fields.join('')}${JSON.stringify(name)}:[`;
  let separator = '\n';
  for await (const batch of batches) {
    if (batch.length === 0) continue;
    yield separator + batch.map((item) => JSON.stringify(item)).join(',\n');
    separator = ',\n';
  }
  yield '\n]}\n';
}
