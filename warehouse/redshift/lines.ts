import { NOT_TEXT } from '../../activation/values/text.ts';
import { FULL } from '../copy/lines.ts';
import { valueText } from '../copy/values.ts';
import { withMarkedFaults } from '../copy/utf8.ts';
import type { Spelling } from './kinds.ts';

const [BACKSPACE, TAB, NEWLINE, RETURN, BLANK, N, BACKSLASH] = [8, 9, 10, 13, 32, 78, 92];
/** What a control character becomes after a backslash, as PostgreSQL writes it: `\b \t \n \v \f \r`. */
const LETTERS = [98, 116, 110, 118, 102, 114];
const MARK = Buffer.from(NOT_TEXT);
/** The most bytes that a field needs besides its escaped value: its end, the mark, or a float's longest text. */
const ROOM = 64;

/**
 * Turns the rows of PostgreSQL's protocol (DataRow) into lines of the COPY text format, byte by byte, without an object
 * for each row. The last field of a row is the server's count of all rows, and does not become part of its line.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export class RowLines {
  readonly #spellings: readonly Spelling[];
  #out = Buffer.allocUnsafe(4 * FULL);
  #end = 0;
  /** The rows so far. */
  lines = 0;
  /** The rows as the server counts them; undefined without a row. */
  counted: number | undefined;

  /** @param spellings of the fields before the count */
  constructor(spellings: readonly Spelling[]) {
    this.#spellings = spellings;
  }

  /** The fields of a row, with the count. */
  get fields(): number {
    return this.#spellings.length + 1;
  }

  get isFull(): boolean {
    return this.#end >= FULL;
  }

  get isEmpty(): boolean {
    return this.#end === 0;
  }

  /** Returns the lines that were not taken yet; valid until the next row is added. */
  take(): Buffer {
    const taken = this.#out.subarray(0, this.#end);
    this.#end = 0;
    return withMarkedFaults(taken);
  }

  /**
   * Adds the row of a message.
   * @param start of the message's body
   * @returns the number of fields, if it is not that of the columns; then nothing was added
   */
  add(bytes: Buffer, start: number, end: number): number | undefined {
    const fields = bytes.readUInt16BE(start);
    if (fields !== this.fields) return fields;
    this.#reserve(2 * (end - start) + ROOM * fields);
    let at = start + 2;
    for (const spelling of this.#spellings) {
      const length = bytes.readInt32BE(at);
      at += 4;
      if (length < 0) {
        this.#out[this.#end++] = BACKSLASH;
        this.#out[this.#end++] = N;
      } else {
        this.#field(bytes, at, at + length, spelling);
        at += length;
      }
      this.#out[this.#end++] = TAB;
    }
    this.#out[this.#end - 1] = NEWLINE;
    this.lines += 1;
    this.counted = wholeNumber(bytes, at + 4, end);
    return undefined;
  }

  #field(bytes: Buffer, start: number, end: number, spelling: Spelling): void {
    if (spelling === 'as sent') this.#text(bytes, start, end);
    else if (spelling === 'float') {
      const text = valueText(bytes.toString('latin1', start, end), 'float');
      this.#end += this.#out.write(text, this.#end, 'latin1');
    } else {
      let last = end;
      while (last > start && bytes[last - 1] === BLANK) last -= 1;
      this.#text(bytes, start, last);
    }
  }

  #text(bytes: Buffer, start: number, end: number): void {
    const out = this.#out;
    let to = this.#end;
    let hasNul = false;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (byte > RETURN && byte !== BACKSLASH) out[to++] = byte;
      else if (byte === 0)
        hasNul = true; // PostgreSQL cannot store it
      else if (byte < BACKSPACE) out[to++] = byte;
      else {
        out[to++] = BACKSLASH;
        out[to++] = byte === BACKSLASH ? BACKSLASH : LETTERS[byte - BACKSPACE]!;
      }
    }
    if (hasNul) to += MARK.copy(out, to);
    this.#end = to;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#out.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#end + bytes));
    this.#out.copy(grown, 0, 0, this.#end);
    this.#out = grown;
  }
}

/** The number that these digits mean, without a text in between. */
function wholeNumber(bytes: Buffer, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) number = 10 * number + bytes[at]! - 48;
  return number;
}
