import { Failure } from '../../contract/failure.ts';
import type { Lines } from '../reading.ts';
import { ServerError } from './failures.ts';
import { END } from './statements.ts';

/** Lines are passed on from this size, in bytes: most values are shorter in COPY's text, never by three quarters. */
const FULL = 256 * 1024;
/**
 * The last bytes are held back until the end of the body is known, because an error in it follows the rows. Its block has
 * at most 16 KiB.
 */
const HELD = 32 * 1024;

const NEWLINE = 10;
const LAST_LINE = new RegExp(`(?:^|\n)${END.replace(/./g, String.raw`\$&`)}(\\d+)\n$`);

/**
 * Yields the rows of a body as whole lines, in ClickHouse's own escaping, and returns their number as the server counts
 * them. A buffer is valid until the next one is requested.
 * @param tag the answer's `X-ClickHouse-Exception-Tag`
 * @throws ServerError for an error in the body; Failure SourceUnavailable for a body without an end
 */
export async function* linesOf(body: AsyncIterable<Buffer>, tag: string | undefined): Lines {
  const held = new Held();
  let broken: { error: unknown } | undefined;
  try {
    for await (const piece of body) {
      held.add(piece);
      const lines = held.lines();
      if (lines) yield lines;
    }
  } catch (error) {
    broken = { error }; // newer servers end the connection after an error in the body
  }
  const rest = held.rest();
  const tail = rest.subarray(-HELD).toString('latin1');
  const last = LAST_LINE.exec(tail);
  if (broken) throw errorIn(tail, tag) ?? broken.error;
  if (!last) throw errorIn(tail, tag) ?? new Failure('segmentIncomplete', {});
  const end = rest.length - END.length - last[1]!.length - 1;
  if (end > 0) yield rest.subarray(0, end);
  return Number(last[1]);
}

/** Bytes that were received and not passed on. */
class Held {
  #bytes = Buffer.allocUnsafe(2 * FULL);
  #start = 0;
  #end = 0;
  /** The end of the last whole line that may be passed on. */
  #whole = 0;
  /** Up to here line breaks were searched for. */
  #searched = 0;

  add(piece: Buffer): void {
    if (this.#end + piece.length > this.#bytes.length) this.#makeRoom(piece.length);
    piece.copy(this.#bytes, this.#end);
    this.#end += piece.length;
  }

  /** Returns whole lines if there are enough of them. */
  lines(): Buffer | undefined {
    const limit = this.#end - HELD;
    if (limit > this.#searched) {
      const at = this.#bytes.subarray(this.#searched, limit).lastIndexOf(NEWLINE);
      if (at >= 0) this.#whole = this.#searched + at + 1;
      this.#searched = limit;
    }
    if (this.#whole - this.#start < FULL) return undefined;
    const lines = this.#bytes.subarray(this.#start, this.#whole);
    this.#start = this.#whole;
    return lines;
  }

  rest(): Buffer {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Moves the bytes to the begin of the buffer, or of a larger one. */
  #makeRoom(size: number): void {
    const rest = this.rest();
    const needed = rest.length + size;
    const target = 2 * needed > this.#bytes.length ? Buffer.allocUnsafe(4 * needed) : this.#bytes;
    rest.copy(target);
    this.#bytes = target;
    this.#whole = Math.max(0, this.#whole - this.#start);
    this.#searched = Math.max(0, this.#searched - this.#start);
    this.#end = rest.length;
    this.#start = 0;
  }
}

/**
 * Finds the error at the end of a body: a block with the tag of the answer (25.11 and newer), or its plain text.
 * https://clickhouse.com/docs/interfaces/http#http_response_codes_caveats
 */
function errorIn(tail: string, tag: string | undefined): ServerError | undefined {
  const mark = tag === undefined ? -1 : tail.lastIndexOf(`\r\n__exception__\r\n${tag}`);
  // the text of an error can contain the one that caused it, and so can a value before a plain text
  const at = mark >= 0 ? tail.indexOf('Code: ', mark) : tail.lastIndexOf('Code: ');
  return at < 0 ? undefined : ServerError.from(Buffer.from(tail.slice(at), 'latin1').toString());
}
