import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answers } from './json/answers.ts';
import { clean, cleanJson, csvLine } from '../contract/clean.ts';

const RAW = new WeakMap<Writable, Writable>();

/**
 * Wraps an output and removes terminal control characters from names, reasons and foreign texts. JSON keeps its data,
 * as escapes.
 * @param isJson called at each write
 */
export function cleanOutput<T extends Writable>(out: T, isJson: () => boolean): T {
  const write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return (out.write as (...args: unknown[]) => boolean)(isJson() ? cleanJson(text) : clean(text), ...rest);
  };
  const cleaned = new Proxy(out, {
    get(target, name) {
      if (name === 'write') return write;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  RAW.set(cleaned, out);
  return cleaned;
}

/** Returns the original output, for code that draws on a terminal and cleans its own texts. */
export function rawOutput(out: Writable): Writable {
  return RAW.get(out) ?? out;
}

/** Formats the answer of a command as JSON. schemas/output/ has the schema of its shape. */
export function jsonOf<Name extends keyof Answers>(_: Name, answer: Answers[Name], indent = 2): string {
  return JSON.stringify(answer, null, indent);
}

/**
 * Writes items at the speed at which they are read, so it needs little memory. It ends without an error when the reader
 * closes the output (`… | head`).
 */
export async function writeStream(
  out: Writable,
  content: AsyncIterable<string | Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await pipeline(Readable.from(content), out, { end: false, signal });
  } catch (error) {
    if (!isClosedByReader(rawOutput(out).errored)) throw error;
  }
}

/** Whether a write failed because the reader has closed the pipe. */
export function isClosedByReader(error: NodeJS.ErrnoException | null): boolean {
  return error?.code === 'EPIPE';
}

/** Yields a JSON object with the fields of `head` and one array, with a line for each item. */
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

type Cell = string | number | Date | null;

/** Yields CSV with a header and a line for each item. No cell can act as a formula in a spreadsheet. */
export async function* csvOf<T>(
  batches: AsyncIterable<readonly T[]>,
  columns: Record<string, (item: T) => Cell>,
): AsyncGenerator<string> {
  yield csvLine(Object.keys(columns));
  const cells = Object.values(columns);
  for await (const batch of batches) {
    if (batch.length > 0) yield batch.map((item) => csvLine(cells.map((cell) => shown(cell(item))))).join('');
  }
}

/** Formats a time as ISO 8601 in UTC, to the second. */
function shown(cell: Cell): string | number | null {
  return cell instanceof Date ? `${cell.toISOString().slice(0, 19)}Z` : cell;
}
