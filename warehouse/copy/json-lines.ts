import { withMarkedFaults } from './utf8.ts';
import { NOT_TEXT } from '../../activation/values/text.ts';
import { ESCAPED, FULL } from './lines.ts';
import { SLACK, type Conversion } from './conversions.ts';
import { JsonEnvelope } from './json-envelope.ts';

const [TAB, NEWLINE, QUOTE, COMMA, SLASH, COLON, OPEN, BACKSLASH, CLOSE] = [
  9, 10, 34, 44, 47, 58, 91, 92, 93,
];
const [F, N, U, V, BEGIN, END] = [102, 110, 117, 118, 123, 125];
const MARK = Buffer.from(NOT_TEXT);
const NULL = Buffer.from('ull');
/** JSON's escapes of one letter that are not their own character: b, f, n, r, t. */
const LETTERS = new Set([98, 102, N, 114, 116]);
/** Bytes that end a run of characters that stay as they are. JSON has no bare control characters in texts. */
const ENDS_RUN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 32 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);
const IS_BLANK = Uint8Array.from({ length: 256 }, (_, byte) => ([9, 10, 13, 32].includes(byte) ? 1 : 0));
/** In rows of objects, their ends mean nothing. */
const IS_BLANK_OR_END = IS_BLANK.with(END, 1);
/** Where the encoder is: outside of the rows, between them, before or after a value (or the end of a row), or in one. */
const [ENVELOPE, ROWS, VALUE, AFTER_VALUE, TEXT, ESCAPE, HEX, NULL_WORD] = [0, 1, 2, 3, 4, 5, 6, 7];
/** In the name of a row's or a value's only member. */
const [ROW_NAME, VALUE_NAME] = [8, 9];
/** The member with the rows: `{"data": [["a", null]]}`, or, in BigQuery, `{"rows": [{"f": [{"v": "a"}, {"v": null}]}]}`. */
const MEMBERS = { arrays: 'data', objects: 'rows' };

/**
 * Turns JSON documents with rows of texts and nulls into lines of COPY, byte by byte: memory stays flat whatever the size
 * of a document. A document is an array of rows, or an object with the rows in a member, in any place. Values that are no
 * text in PostgreSQL (NUL, half a surrogate pair, bytes that are not UTF-8) are marked.
 */
export class JsonLines {
  /** The lines so far, also those that were taken. */
  lines = 0;
  readonly #conversions: readonly (Conversion | undefined)[];
  readonly #unreadable: () => Error;
  readonly #hasObjects: boolean;
  #envelope: JsonEnvelope;
  #place = ENVELOPE;
  #out = Buffer.allocUnsafe(2 * FULL);
  #at = 0;
  /** The start of the value in the buffer. */
  #start = 0;
  #column = 0;
  #hex = 0;
  #digits = 0;
  /** The first half of a surrogate pair; 0: none. */
  #high = 0;
  #isMarked = false;
  #letters = 0;

  /**
   * @param conversions one for each column of a row; undefined keeps the text
   * @param unreadable what to throw if a document has another form, or has no end
   */
  constructor(
    conversions: readonly (Conversion | undefined)[],
    unreadable: () => Error,
    shape: keyof typeof MEMBERS = 'arrays',
  ) {
    this.#conversions = conversions;
    this.#unreadable = unreadable;
    this.#hasObjects = shape === 'objects';
    this.#envelope = new JsonEnvelope(MEMBERS[shape]);
  }

  /** Encodes a part of a document; yields whole lines, valid until the next buffer is requested. */
  *push(chunk: Uint8Array): Generator<Buffer, void, undefined> {
    for (let at = 0; at < chunk.length;) {
      if (this.#place === ENVELOPE) {
        at = this.#envelope.push(chunk, at);
        if (this.#envelope.isAtRows) this.#place = ROWS;
      } else {
        at = this.#rows(chunk, at);
        if (this.#at >= FULL && this.#place === ROWS) yield this.take();
      }
    }
  }

  /**
   * Ends a document; the next part is another one's.
   * @returns the document without its rows
   */
  endDocument(): unknown {
    const rest = this.#place === ENVELOPE ? this.#envelope.end() : undefined;
    if (rest === undefined) throw this.#unreadable();
    this.#envelope = new JsonEnvelope(this.#envelope.rows);
    return rest;
  }

  /** Returns the lines that were not taken yet; valid until the next part. */
  take(): Buffer {
    const taken = this.#out.subarray(0, this.#at);
    this.#at = 0;
    return withMarkedFaults(taken);
  }

  /** Reads rows up to the end of the part, of the rows, or of a line that fills the buffer. */
  #rows(chunk: Uint8Array, from: number): number {
    this.#reserve(chunk.length - from + SLACK);
    let out = this.#out;
    let at = this.#at;
    let place = this.#place;
    const isBlank = this.#hasObjects ? IS_BLANK_OR_END : IS_BLANK;
    let i = from;
    const { length } = chunk;
    for (; i < length; i++) {
      const byte = chunk[i]!;
      if (place === TEXT) {
        if (this.#high !== 0 && ENDS_RUN[byte] === 0) at = this.#half(at);
        let end = byte;
        while (ENDS_RUN[end] === 0) {
          out[at++] = end;
          if (++i === length) break;
          end = chunk[i]!;
        }
        if (i === length) break;
        if (end === BACKSLASH) place = ESCAPE;
        else if (end !== QUOTE) throw this.#unreadable();
        else {
          place = AFTER_VALUE;
          if (this.#high !== 0) at = this.#half(at);
          if (this.#isMarked) at += MARK.copy(out, at);
          this.#isMarked = false;
          const convert = this.#conversions[this.#column];
          if (convert === undefined) continue;
          at = convert(out, this.#start, at);
          if (out.length - at >= chunk.length - i + SLACK) continue;
          this.#at = at;
          this.#reserve(chunk.length - i + SLACK);
          out = this.#out;
        }
      } else if (place === AFTER_VALUE) {
        if (byte === COMMA) {
          out[at++] = TAB;
          this.#column += 1;
          place = VALUE;
        } else if (byte === CLOSE) {
          if (this.#column + 1 !== this.#conversions.length) throw this.#unreadable();
          out[at++] = NEWLINE;
          this.lines += 1;
          place = ROWS;
          if (at >= FULL) {
            i += 1;
            break;
          }
        } else if (isBlank[byte] === 0) throw this.#unreadable();
      } else if (place === VALUE) {
        if (byte === QUOTE) {
          this.#start = at;
          place = TEXT;
        } else if (byte === N) {
          out[at++] = BACKSLASH;
          out[at++] = 78;
          this.#letters = 0;
          place = NULL_WORD;
        } else if (byte === BEGIN && this.#hasObjects) place = VALUE_NAME;
        else if (IS_BLANK[byte] === 0) throw this.#unreadable();
      } else if (place === ROWS) {
        if (byte === OPEN) {
          this.#column = 0;
          place = VALUE;
        } else if (byte === CLOSE) {
          this.#envelope.endRows();
          place = ENVELOPE;
          i += 1;
          break;
        } else if (byte === BEGIN && this.#hasObjects) place = ROW_NAME;
        else if (byte !== COMMA && isBlank[byte] === 0) throw this.#unreadable();
      } else if (place === NULL_WORD) {
        if (byte !== NULL[this.#letters++]) throw this.#unreadable();
        if (this.#letters === NULL.length) place = AFTER_VALUE;
      } else if (place >= ROW_NAME) {
        if (byte === COLON) place = place === ROW_NAME ? ROWS : VALUE;
        else if (byte !== QUOTE && byte !== (place === ROW_NAME ? F : V) && IS_BLANK[byte] === 0)
          throw this.#unreadable();
      } else if (place === ESCAPE) {
        place = TEXT;
        if (this.#high !== 0 && byte !== U) at = this.#half(at);
        if (byte === U) {
          this.#hex = this.#digits = 0;
          place = HEX;
        } else if (byte === QUOTE || byte === SLASH) out[at++] = byte;
        else if (byte === BACKSLASH || LETTERS.has(byte)) {
          out[at++] = BACKSLASH;
          out[at++] = byte;
        } else throw this.#unreadable();
      } else {
        const digit = hexDigit(byte);
        if (digit < 0) throw this.#unreadable();
        this.#hex = 16 * this.#hex + digit;
        if (++this.#digits === 4) {
          at = this.#unit(at, this.#hex);
          place = TEXT;
        }
      }
    }
    this.#at = at;
    this.#place = place;
    return i;
  }

  /** Writes a UTF-16 unit of a text. */
  #unit(at: number, unit: number): number {
    const high = this.#high;
    if (high !== 0 && unit >= 0xdc00 && unit < 0xe000) {
      this.#high = 0;
      return at + this.#out.write(String.fromCharCode(high, unit), at);
    }
    const end = high === 0 ? at : this.#half(at);
    if (unit >= 0xd800 && unit < 0xdc00) {
      this.#high = unit;
      return end;
    }
    if (unit === 0) {
      this.#isMarked = true;
      return end;
    }
    if (unit >= 0xdc00 && unit < 0xe000) this.#isMarked = true;
    const escaped = ESCAPED.get(unit);
    if (escaped === undefined) return end + this.#out.write(String.fromCharCode(unit), end);
    this.#out[end] = BACKSLASH;
    this.#out[end + 1] = escaped;
    return end + 2;
  }

  /** Writes half of a surrogate pair as the character that replaces it. */
  #half(at: number): number {
    this.#high = 0;
    this.#isMarked = true;
    return at + this.#out.write('\ufffd', at);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#out.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#at + bytes));
    this.#out.copy(grown, 0, 0, this.#at);
    this.#out = grown;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= F ? letter - 87 : -1;
}
