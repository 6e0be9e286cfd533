import { isUtf8 } from 'node:buffer';
import { Failure } from '../../contract/failure.ts';
import { CopyLines } from './copy-lines.ts';
import { headerOf, type Header } from './header.ts';
import { LONGEST } from './limits.ts';
import { QuotedLine } from './quoted-line.ts';

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const SEPARATOR = 59;
const NEWLINE = 10;

/** The kind of each byte: 0 is content; a special byte needs the slow way. */
const KIND = { separator: 1, newline: 2, special: 3 } as const;
const KINDS = new Uint8Array(256);
KINDS.fill(KIND.special, 0, 32); // control characters: escaped in COPY, or not allowed
KINDS[34] = KIND.special; // "
KINDS[92] = KIND.special; // \
KINDS[SEPARATOR] = KIND.separator;
KINDS[NEWLINE] = KIND.newline;

/** Parses the lines of an export, piece by piece, without an object per line. Memory is bounded by the longest line. */
export class ExportLines {
  readonly #name: string;
  readonly #columns: readonly string[];
  readonly #quoted: QuotedLine;
  #rest: Buffer = Buffer.alloc(0);
  /** The number of the next line; the header is 1. */
  #line = 1;
  #isBegun = false;
  #header: Header | undefined;
  #starts = new Int32Array(0);
  #ends = new Int32Array(0);

  /** @param columns the headers of the wanted columns; the first one must not be empty in any line */
  constructor(name: string, columns: readonly string[]) {
    this.#name = name;
    this.#columns = columns;
    this.#quoted = new QuotedLine(name);
  }

  /** Takes the next bytes. @returns batches of lines for COPY */
  push(piece: Buffer): Buffer[] {
    let bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    if (!this.#isBegun && bytes.length >= BOM.length) {
      if (bytes.subarray(0, BOM.length).equals(BOM)) throw new Failure('exportBom', { file: this.#name });
      this.#isBegun = true;
    }
    if (!this.#header) {
      const end = this.#readHeader(bytes);
      if (end < 0) return this.#keep(bytes, 0, []);
      bytes = bytes.subarray(end);
    }
    const first = this.#line;
    const out = new CopyLines(this.#name, this.#header!.wanted);
    const end = this.#readLines(bytes, out);
    if (!isUtf8(bytes.subarray(0, end))) throw this.#notUtf8(bytes, first);
    return this.#keep(bytes, end, out.batches());
  }

  /** Checks that the file ended with a whole line. */
  end(): void {
    const isIncomplete = this.#rest.length > 0 || !this.#header;
    if (isIncomplete) throw new Failure('exportIncomplete', { file: this.#name, why: 'line' });
  }

  #keep(bytes: Buffer, from: number, batches: Buffer[]): Buffer[] {
    if (bytes.length - from > LONGEST.line) {
      throw new Failure('exportTooLong', {
        file: this.#name,
        line: this.#line,
        what: 'line',
        most: LONGEST.line,
      });
    }
    this.#rest = Buffer.from(bytes.subarray(from)); // a copy, because the source may reuse its buffer
    return batches;
  }

  #readHeader(bytes: Buffer): number {
    const end = this.#quoted.read(bytes, 0, 1);
    if (end < 0) return -1;
    if (!isUtf8(bytes.subarray(0, end))) throw this.#notUtf8(bytes, 1);
    this.#header = headerOf(this.#name, this.#quoted.texts(), this.#columns);
    this.#starts = new Int32Array(this.#header.fields);
    this.#ends = new Int32Array(this.#header.fields);
    this.#line += this.#quoted.lines;
    return end;
  }

  /** @returns the end of the last whole line */
  #readLines(bytes: Buffer, out: CopyLines): number {
    const { length } = bytes;
    const fields = this.#header!.fields;
    const starts = this.#starts;
    const ends = this.#ends;
    let at = 0;
    for (;;) {
      const start = at;
      let field = 0;
      let kind = 0;
      starts[0] = start;
      for (; at < length; at++) {
        kind = KINDS[bytes[at]!]!;
        if (kind === 0) continue;
        if (kind !== KIND.separator) break;
        if (field < fields) ends[field] = at;
        if (++field < fields) starts[field] = at + 1;
      }
      if (at < length && kind === KIND.newline) {
        if (field !== fields - 1) throw this.#wrongFields(field + 1);
        ends[field] = at;
        if (at - start > LONGEST.field) this.#checkLengths();
        out.add(bytes, starts, ends, at - start, this.#line++);
        at++;
        continue;
      }
      if (at < length) {
        at = this.#quoted.read(bytes, start, this.#line);
        if (at >= 0) {
          const quoted = this.#quoted;
          if (quoted.fields !== fields) throw this.#wrongFields(quoted.fields);
          out.add(quoted.content, quoted.starts, quoted.ends, quoted.size, this.#line);
          this.#line += quoted.lines;
          continue;
        }
      } else if (length - start > LONGEST.field) {
        this.#quoted.read(bytes, start, this.#line); // finds a field that is too long
      }
      return start;
    }
  }

  #checkLengths(): void {
    if (this.#starts.every((start, index) => this.#ends[index]! - start <= LONGEST.field)) return;
    throw new Failure('exportTooLong', {
      file: this.#name,
      line: this.#line,
      what: 'field',
      most: LONGEST.field,
    });
  }

  #wrongFields(fields: number): Failure {
    const header = this.#header!.fields;
    return new Failure('exportFields', { file: this.#name, line: this.#line, fields, header });
  }

  /** Finds the first line that is not UTF-8. Lines are those of the text here, also within quotes. */
  #notUtf8(bytes: Buffer, first: number): Failure {
    let line = first;
    for (let start = 0, end: number; (end = bytes.indexOf(NEWLINE, start)) >= 0; start = end + 1, line++)
      if (!isUtf8(bytes.subarray(start, end))) break;
    return new Failure('exportNotUtf8', { file: this.#name, line });
  }
}
