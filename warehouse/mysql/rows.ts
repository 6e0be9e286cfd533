import { NOT_TEXT } from '../../activation/values/text.ts';
import { ESCAPED, FULL } from '../copy/lines.ts';
import { valueText } from '../copy/values.ts';
import { withMarkedFaults } from '../copy/utf8.ts';

/** How the bytes of a value become a field. */
export type Encoding = 'bytes' | 'boolean' | 'float' | 'single' | 'date' | 'datetime' | 'timestamp';

const [TAB, NEWLINE, BACKSLASH, ZERO, ONE, POINT] = [9, 10, 92, 48, 49, 46];
const [NULL, TWO_BYTES, THREE_BYTES] = [0xfb, 0xfc, 0xfd];
const MARK = Buffer.from(NOT_TEXT);
/** What follows the backslash for each byte; 0: the byte needs none. */
const ESCAPES = Uint8Array.from({ length: 256 }, (_, byte) => ESCAPED.get(byte) ?? 0);
/** Only bytes below this, and the backslash, can need an escape. */
const PLAIN = 14;
/** The most bytes of a field besides its value: what marks it, and a tab. */
const BESIDES = MARK.length + 8;
/** The length of `2026-01-31 10:20:30`. */
const SECONDS = 19;

/**
 * Encodes row packets of MySQL's text protocol as lines of PostgreSQL's COPY text format, without an object for a row or
 * a text for a value.
 */
export class RowLines {
  readonly #encodings: Encoding[];
  #buffer = Buffer.allocUnsafe(4 * FULL);
  #end = 0;

  constructor(encodings: Encoding[]) {
    this.#encodings = encodings;
  }

  get isFull(): boolean {
    return this.#end >= FULL;
  }

  /** Returns the lines that were not taken yet; valid until the next row. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#end);
    this.#end = 0;
    return withMarkedFaults(taken);
  }

  /** Adds the row that is in these bytes. */
  add(row: Buffer, start: number, end: number): void {
    this.#reserve(2 * (end - start) + this.#encodings.length * BESIDES);
    const buffer = this.#buffer;
    let at = start;
    for (let i = 0; i < this.#encodings.length; i++) {
      if (i > 0) buffer[this.#end++] = TAB;
      let length = row[at++]!;
      if (length === NULL) {
        this.#null();
        continue;
      }
      if (length > NULL) {
        const bytes = length === TWO_BYTES ? 2 : length === THREE_BYTES ? 3 : 8;
        length = bytes === 8 ? Number(row.readBigUInt64LE(at)) : row.readUIntLE(at, bytes);
        at += bytes;
      }
      this.#field(this.#encodings[i]!, row, at, at + length);
      at += length;
    }
    buffer[this.#end++] = NEWLINE;
  }

  #field(encoding: Encoding, row: Buffer, start: number, end: number): void {
    switch (encoding) {
      case 'bytes':
        return this.#bytes(row, start, end);
      case 'boolean':
        return this.#boolean(row, start, end);
      case 'date':
        return isZeroDate(row, start) ? this.#null() : this.#bytes(row, start, end);
      case 'datetime':
      case 'timestamp':
        return this.#moment(encoding, row, start, end);
      case 'float':
        return this.#text(valueText(row.toString('latin1', start, end), 'float'));
      case 'single':
        return this.#text(valueText(singleText(row.toString('latin1', start, end)), 'float'));
    }
  }

  #null(): void {
    this.#buffer[this.#end++] = BACKSLASH;
    this.#buffer[this.#end++] = 78;
  }

  #bytes(row: Buffer, start: number, end: number): void {
    const buffer = this.#buffer;
    let to = this.#end;
    let hasNul = false;
    for (let at = start; at < end; at++) {
      const byte = row[at]!;
      if (byte >= PLAIN && byte !== BACKSLASH) buffer[to++] = byte;
      else if (byte === 0) hasNul = true;
      else {
        const escape = ESCAPES[byte]!;
        if (escape !== 0) buffer[to++] = BACKSLASH;
        buffer[to++] = escape === 0 ? byte : escape;
      }
    }
    this.#end = to;
    if (hasNul) {
      buffer.set(MARK, to);
      this.#end += MARK.length;
    }
  }

  /** A TINYINT(1) may also be another number, which stays and is rejected. */
  #boolean(row: Buffer, start: number, end: number): void {
    const byte = row[start];
    if (end !== start + 1 || (byte !== ZERO && byte !== ONE)) this.#bytes(row, start, end);
    else this.#buffer[this.#end++] = byte === ONE ? 116 : 102;
  }

  /** As valueText writes it: without zeros at the end of the fraction. */
  #moment(encoding: 'datetime' | 'timestamp', row: Buffer, start: number, end: number): void {
    if (isZeroDate(row, start)) return this.#null();
    let last = end;
    if (end - start > SECONDS) {
      while (row[last - 1] === ZERO) last -= 1;
      if (row[last - 1] === POINT) last -= 1;
    }
    this.#bytes(row, start, last);
    if (encoding === 'timestamp') this.#text('+00');
  }

  #text(text: string): void {
    this.#end += this.#buffer.write(text, this.#end, 'latin1');
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#end + bytes));
    this.#buffer.copy(grown, 0, 0, this.#end);
    this.#buffer = grown;
  }
}

/** MySQL's `0000-00-00` is no date, but what many old tables have instead of a null. */
function isZeroDate(row: Buffer, start: number): boolean {
  for (let at = start; at < start + 10; at++) {
    const isDash = at === start + 4 || at === start + 7;
    if (!isDash && row[at] !== ZERO) return false;
  }
  return true;
}

/**
 * Returns the shortest text that is this single-precision number, such as `0.1` for 0.10000000149011612: MySQL rounds
 * what it prints of a FLOAT to six digits, so it is read in double precision.
 */
export function singleText(double: string): string {
  const number = Number(double);
  for (let digits = 1; digits <= 9; digits++) {
    const text = number.toPrecision(digits);
    if (Object.is(Math.fround(Number(text)), number)) return text; // -0 has no text of its own here
  }
  return double;
}
