import { Failure } from '../../contract/failure.ts';
import { escapeCopy, unescapeCopy } from '../../activation/values/copy.ts';
import { LONGEST } from './limits.ts';

const SEPARATOR = 59;
const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;
const BACKSLASH = 92;

/** The letter after the backslash of a byte that COPY escapes; 0 for all others. */
const LETTERS = new Uint8Array(256);
for (const character of '\\\b\f\n\r\t\v')
  LETTERS[character.charCodeAt(0)] = escapeCopy(character).charCodeAt(1);

/** One line with quotes or other special characters: its fields, unquoted and escaped for COPY. */
export class QuotedLine {
  /** The fields, at `[starts[i], ends[i])`. */
  content: Buffer = Buffer.alloc(0);
  starts: number[] = [];
  ends: number[] = [];
  /** The number of line ends in it, its own included. */
  lines = 0;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  get fields(): number {
    return this.starts.length;
  }

  get size(): number {
    return this.ends.at(-1) ?? 0;
  }

  texts(): string[] {
    return this.starts.map((start, index) =>
      unescapeCopy(this.content.toString('utf8', start, this.ends[index]))!,
    );
  }

  /**
   * Reads the line that begins at `start`.
   * @param line its number, for errors
   * @returns the start of the next line; -1 if the line does not end in these bytes
   */
  read(bytes: Buffer, start: number, line: number): number {
    const room = 2 * Math.min(bytes.length - start, LONGEST.line + LONGEST.field);
    if (this.content.length < room) this.content = Buffer.allocUnsafeSlow(room);
    const out = this.content;
    this.starts = [];
    this.ends = [];
    this.lines = 0;
    let to = 0;
    let at = start;
    for (;;) {
      this.starts.push(to);
      const from = at;
      const isQuoted = bytes[at] === QUOTE;
      if (isQuoted) at++;
      for (; ; at++) {
        if (at - from > LONGEST.field + 2) throw this.#tooLong('field', line);
        if (at - start > LONGEST.line) throw this.#tooLong('line', line);
        if (at >= bytes.length) return -1;
        let byte = bytes[at]!;
        if (byte === 0) throw new Failure('exportNul', { file: this.#name, line: line + this.lines });
        if (isQuoted) {
          if (byte === QUOTE) {
            if (at + 1 >= bytes.length) return -1;
            if (bytes[at + 1] !== QUOTE) break;
            at++;
          } else if (byte === NEWLINE) this.lines++;
        } else if (byte === SEPARATOR || byte === NEWLINE) break;
        else if (byte === RETURN)
          throw new Failure('exportLineEnds', { file: this.#name, line: line + this.lines });
        else if (byte === QUOTE)
          throw new Failure('exportQuote', { file: this.#name, line: line + this.lines });
        const letter = LETTERS[byte]!;
        if (letter !== 0) {
          out[to++] = BACKSLASH;
          byte = letter;
        }
        out[to++] = byte;
      }
      if (isQuoted) at++;
      if (at >= bytes.length) return -1;
      this.ends.push(to);
      const after = bytes[at++];
      if (after === NEWLINE) {
        this.lines++;
        return at;
      }
      if (after === RETURN)
        throw new Failure('exportLineEnds', { file: this.#name, line: line + this.lines });
      if (after !== SEPARATOR)
        throw new Failure('exportQuote', { file: this.#name, line: line + this.lines });
    }
  }

  #tooLong(what: 'field' | 'line', line: number): Failure {
    return new Failure('exportTooLong', { file: this.#name, line, what, most: LONGEST[what] });
  }
}
