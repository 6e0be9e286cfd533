import { isUtf8 } from 'node:buffer';
import type { Encoder } from './encoder.ts';
import { AnswerUnreadable } from './failures.ts';

const [SPACE, QUOTE, COMMA, COLON, OPEN, BACKSLASH, CLOSE] = [32, 34, 44, 58, 91, 92, 93];
const [BEGIN, END, LETTER_F, LETTER_N, LETTER_V] = [123, 125, 102, 110, 118];

/** Thrown within the parser when a row or member continues in the next piece. */
const INCOMPLETE = new Error('More is needed.');

/** The page is not JSON as getQueryResults sends it. */
export class PageUnreadable extends AnswerUnreadable {
  constructor() {
    super('a page of query results');
  }
}

/**
 * Encodes the rows of a page of query results, `{"rows":[{"f":[{"v":"text"},{"v":null}]}], …}`, while it arrives. All
 * columns are texts. Nothing of a page is kept but a row that is not complete.
 */
export class PageParser {
  readonly #encoder: Encoder;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Nothing is tried before so many bytes have arrived, so that a long row is not read again for each piece. */
  #needed = 1;
  #state: 'start' | 'members' | 'rows' | 'end' = 'start';
  /** All members of the page but the rows. */
  readonly members = new Map<string, unknown>();

  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #areEscaped: Uint8Array;
  /** The last text has a backslash. */
  #isEscaped = false;

  constructor(encoder: Encoder) {
    this.#encoder = encoder;
    this.#starts = new Int32Array(encoder.columns);
    this.#ends = new Int32Array(encoder.columns);
    this.#areEscaped = new Uint8Array(encoder.columns);
  }

  /** The page has ended. */
  get isComplete(): boolean {
    return this.#state === 'end';
  }

  /**
   * Yields whole lines whenever there are enough.
   * @param isLast the connection has ended
   * @throws PageUnreadable
   */
  *push(piece: Buffer, isLast = false): Generator<Buffer, void, undefined> {
    const rest = this.#bytes.subarray(this.#at);
    this.#bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    this.#at = 0;
    if (this.#bytes.length < this.#needed && !isLast) return;
    this.#needed = 1;
    if (!isUtf8(this.#bytes.subarray(0, wholeCharacters(this.#bytes)))) throw new PageUnreadable();
    const { writer } = this.#encoder;
    let done = 0;
    try {
      for (;;) {
        done = this.#at;
        if (!this.#step()) return;
        if (writer.isFull) yield writer.take();
      }
    } catch (error) {
      if (error !== INCOMPLETE) throw error;
      this.#at = done;
      this.#needed = 2 * (this.#bytes.length - done);
    }
  }

  /** Reads one member or row; false at the end of the page. */
  #step(): boolean {
    switch (this.#state) {
      case 'start':
        this.#expect(BEGIN);
        this.#state = 'members';
        return true;
      case 'members': {
        const next = this.#next();
        if (next === END) {
          this.#at += 1;
          this.#state = 'end';
          return true;
        }
        if (next === COMMA) this.#at += 1;
        this.#member();
        return true;
      }
      case 'rows': {
        const next = this.#next();
        if (next === COMMA) this.#at += 1;
        if (next === CLOSE) {
          this.#at += 1;
          this.#state = 'members';
        } else this.#row();
        return true;
      }
      case 'end':
        for (; this.#at < this.#bytes.length; this.#at++) {
          if (this.#bytes[this.#at]! > SPACE) throw new PageUnreadable();
        }
        return false;
    }
  }

  #member(): void {
    const name = this.#parsed(this.#value(), this.#at) as string;
    this.#expect(COLON);
    if (name === 'rows' && this.#next() === OPEN) {
      this.#at += 1;
      this.#state = 'rows';
    } else this.members.set(name, this.#parsed(this.#value(), this.#at));
  }

  /** The line is only written when the row is complete. */
  #row(): void {
    const { writer, columns } = this.#encoder;
    this.#expect(BEGIN);
    this.#name(LETTER_F);
    this.#expect(OPEN);
    for (let column = 0; column < columns; column++) {
      if (column > 0) this.#expect(COMMA);
      this.#expect(BEGIN);
      this.#name(LETTER_V);
      this.#starts[column] = this.#value();
      this.#ends[column] = this.#at;
      this.#areEscaped[column] = this.#isEscaped ? 1 : 0;
      this.#expect(END);
    }
    this.#expect(CLOSE);
    this.#expect(END);
    for (let column = 0; column < columns; column++) this.#field(column);
    writer.endLine();
  }

  #field(column: number): void {
    const [start, end] = [this.#starts[column]!, this.#ends[column]!];
    if (this.#bytes[start] === LETTER_N) return this.#encoder.writer.field(null);
    if (this.#bytes[start] !== QUOTE) throw new PageUnreadable();
    // a JSON text without an escape has no control character and no backslash
    if (this.#areEscaped[column] === 0) this.#encoder.add(column, this.#bytes, start + 1, end - 1, true);
    else {
      const text = Buffer.from(this.#parsed(start, end) as string);
      this.#encoder.add(column, text, 0, text.length, false);
    }
  }

  /** Skips a name of one letter, and its colon. */
  #name(letter: number): void {
    this.#expect(QUOTE);
    if (this.#byte() !== letter || this.#byte() !== QUOTE) throw new PageUnreadable();
    this.#expect(COLON);
  }

  /** Skips a value of JSON, and returns where it starts. */
  #value(): number {
    const first = this.#next();
    const start = this.#at;
    if (first === QUOTE) this.#text();
    else if (first === BEGIN || first === OPEN) this.#nested();
    else this.#word();
    return start;
  }

  /** A number, true, false or null: ended by the byte after it. */
  #word(): void {
    const start = this.#at;
    while (isOfWord(this.#byte()));
    this.#at -= 1;
    if (this.#at === start) throw new PageUnreadable();
  }

  #nested(): void {
    let depth = 0;
    do {
      const byte = this.#byte();
      if (byte === BEGIN || byte === OPEN) depth += 1;
      else if (byte === END || byte === CLOSE) depth -= 1;
      else if (byte === QUOTE) {
        this.#at -= 1;
        this.#text();
      }
    } while (depth > 0);
  }

  #text(): void {
    const bytes = this.#bytes;
    this.#isEscaped = false;
    let at = this.#at + 1;
    for (; at < bytes.length && bytes[at] !== QUOTE; at++) {
      if (bytes[at] !== BACKSLASH) continue;
      this.#isEscaped = true;
      at += 1;
    }
    if (at >= bytes.length) throw INCOMPLETE;
    this.#at = at + 1;
  }

  #parsed(start: number, end: number): unknown {
    try {
      return JSON.parse(this.#bytes.toString('utf8', start, end));
    } catch {
      throw new PageUnreadable();
    }
  }

  #byte(): number {
    if (this.#at >= this.#bytes.length) throw INCOMPLETE;
    return this.#bytes[this.#at++]!;
  }

  /** Returns the next byte that is no white space, without taking it. */
  #next(): number {
    while (this.#at < this.#bytes.length && this.#bytes[this.#at]! <= SPACE) this.#at += 1;
    if (this.#at >= this.#bytes.length) throw INCOMPLETE;
    return this.#bytes[this.#at]!;
  }

  #expect(byte: number): void {
    if (this.#bytes[this.#at] !== byte && this.#next() !== byte) throw new PageUnreadable();
    this.#at += 1;
  }
}

/** The bytes without a character at their end that may continue. */
function wholeCharacters(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && bytes.length - end < 3 && (bytes[end - 1]! & 0xc0) === 0x80) end -= 1;
  return end > 0 && bytes[end - 1]! >= 0xc0 ? end - 1 : end;
}

/** A letter, a digit, or a sign of a number. */
function isOfWord(byte: number): boolean {
  return (
    (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 122) || byte === 45 || byte === 46 || byte === 43
  );
}
