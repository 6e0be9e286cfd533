import { isUtf8 } from 'node:buffer';
import { NOT_TEXT } from '../../activation/values/text.ts';
import { SLACK, type Conversion } from './conversions.ts';

const [TAB, NEWLINE, RETURN, SPACE, BACKSLASH, TILDE] = [9, 10, 13, 32, 92, 126];
const NULL = Buffer.from('\\N');
const MARK = Buffer.from(NOT_TEXT);
/** What a byte becomes after a backslash, as PostgreSQL writes it. */
export const ESCAPED = new Map([
  [8, 98],
  [TAB, 116],
  [NEWLINE, 110],
  [11, 118],
  [12, 102],
  [RETURN, 114],
  [BACKSLASH, BACKSLASH],
]);
/** A buffer is passed on from this size, in bytes. */
export const FULL = 64 * 1024;
/** Up to this size, a loop copies bytes faster than a call. */
const SHORT = 40;

/**
 * Encodes rows as lines of PostgreSQL's COPY text format, in one growing buffer, without an object for each row. A value
 * that is not UTF-8, or contains NUL, which PostgreSQL cannot store, is marked, so that it is rejected alone.
 */
export class LineWriter {
  #buffer = Buffer.allocUnsafe(2 * FULL);
  #end = 0;
  #isFirst = true;
  /** The lines so far, also those that were taken. */
  lines = 0;

  /** Adds a field to the line; null is SQL's null. @param convert changes a value that is not null */
  field(value: Uint8Array | string | null, convert?: Conversion): void {
    if (this.#isFirst) this.#isFirst = false;
    else this.#byte(TAB);
    const start = this.#end;
    if (value === null) {
      this.#bytes(NULL);
      return;
    }
    if (typeof value === 'string') this.#text(value);
    else this.#raw(value);
    this.#convert(start, convert);
  }

  /**
   * Adds a field that is a part of a larger buffer, without an object for it. Only for valid UTF-8 that has nothing to
   * escape.
   */
  plainField(bytes: Uint8Array, start: number, end: number, convert?: Conversion): void {
    this.#reserve(end - start + 1);
    if (this.#isFirst) this.#isFirst = false;
    else this.#buffer[this.#end++] = TAB;
    const first = this.#end;
    if (end - start > SHORT) {
      this.#buffer.set(bytes.subarray(start, end), first);
      this.#end += end - start;
    } else {
      const buffer = this.#buffer;
      let to = first;
      for (let at = start; at < end; at++) buffer[to++] = bytes[at]!;
      this.#end = to;
    }
    this.#convert(first, convert);
  }

  endLine(): void {
    this.#byte(NEWLINE);
    this.#isFirst = true;
    this.lines += 1;
  }

  get isFull(): boolean {
    return this.#end >= FULL;
  }

  /** Returns the lines that were not taken yet; valid until the next field. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#end);
    this.#end = 0;
    return taken;
  }

  #convert(start: number, convert: Conversion | undefined): void {
    if (convert === undefined) return;
    this.#reserve(SLACK);
    this.#end = convert(this.#buffer, start, this.#end);
  }

  #text(value: string): void {
    this.#reserve(3 * value.length);
    const start = this.#end;
    if (value.length <= SHORT && this.#plainAscii(value)) return;
    this.#end += this.#buffer.write(value, start);
    // Most texts need no escapes, and are written only once.
    if (needsWork(this.#buffer, start, this.#end)) {
      const bytes = Buffer.from(this.#buffer.subarray(start, this.#end));
      this.#end = start;
      this.#escape(bytes);
    }
  }

  /** Writes a text of printable ASCII without a backslash; otherwise returns false, and nothing is written. */
  #plainAscii(value: string): boolean {
    const buffer = this.#buffer;
    let to = this.#end;
    for (let at = 0; at < value.length; at++) {
      const unit = value.charCodeAt(at);
      if (unit < SPACE || unit > TILDE || unit === BACKSLASH) return false;
      buffer[to++] = unit;
    }
    this.#end = to;
    return true;
  }

  #raw(value: Uint8Array): void {
    if (!isUtf8(value)) {
      this.#text(Buffer.from(value).toString('utf8') + NOT_TEXT);
      return;
    }
    if (needsWork(value, 0, value.length)) this.#escape(value);
    else this.#bytes(value);
  }

  #escape(value: Uint8Array): void {
    this.#reserve(2 * value.length + MARK.length);
    let hasNul = false;
    for (const byte of value) {
      const escaped = byte < 14 || byte === BACKSLASH ? ESCAPED.get(byte) : undefined;
      if (byte === 0) hasNul = true;
      else if (escaped === undefined) this.#buffer[this.#end++] = byte;
      else {
        this.#buffer[this.#end++] = BACKSLASH;
        this.#buffer[this.#end++] = escaped;
      }
    }
    if (hasNul) this.#bytes(MARK);
  }

  #bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#end);
    this.#end += value.length;
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#buffer[this.#end++] = byte;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#end + bytes));
    this.#buffer.copy(grown, 0, 0, this.#end);
    this.#buffer = grown;
  }
}

/** Whether a part of a buffer has a byte that COPY escapes, or NUL. */
export function needsWork(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === BACKSLASH || (byte < 14 && (byte === 0 || ESCAPED.has(byte)))) return true;
  }
  return false;
}
