import { jsonOf } from '../json.ts';

const [QUOTE, OPEN, BACKSLASH, CLOSE, OPEN_OBJECT, CLOSE_OBJECT] = [34, 91, 92, 93, 123, 125];

/**
 * The part of a JSON document around its rows, read in pieces. The rows are the value of a member, or the whole document;
 * whoever reads them calls {@link endRows} after their last bracket.
 */
export class JsonEnvelope {
  /** The next byte is the first one after the bracket that opens the rows. */
  isAtRows = false;
  readonly #pieces: Buffer[] = [];
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  /** The name of the member with the rows. */
  readonly rows: string;
  /** The last text, as far as it can be the name of the rows. Before a bracket of the outermost object, it is a name. */
  #text = '';

  constructor(rows: string) {
    this.rows = rows;
  }

  /** @returns the index of the first byte that was not read, because rows begin there, or the length */
  push(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && !this.isAtRows) this.#read(chunk[at++]!);
    this.#pieces.push(Buffer.from(chunk.subarray(from, at)));
    return at;
  }

  endRows(): void {
    this.isAtRows = false;
    this.#depth -= 1;
    this.#pieces.push(Buffer.from(']'));
  }

  /** Returns the document without its rows; undefined if it is not complete. */
  end(): unknown {
    return jsonOf(Buffer.concat(this.#pieces).toString());
  }

  #read(byte: number): void {
    if (this.#isInText) this.#readText(byte);
    else if (byte === QUOTE) {
      this.#isInText = true;
      this.#text = '';
    } else if (byte === OPEN) {
      this.isAtRows = this.#depth === 0 || (this.#depth === 1 && this.#text === this.rows);
      this.#depth += 1;
    } else if (byte === OPEN_OBJECT) this.#depth += 1;
    else if (byte === CLOSE || byte === CLOSE_OBJECT) this.#depth -= 1;
  }

  #readText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isInText = false;
    if (this.#isInText && this.#text.length <= this.rows.length) this.#text += String.fromCharCode(byte);
  }
}
