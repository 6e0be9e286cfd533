import { escapeCopy } from '../../activation/values/copy.ts';
import type { ColumnKind } from '../../activation/values/kinds.ts';
import { NOT_TEXT } from '../../activation/values/text.ts';
import { valueText } from '../sql/values.ts';

/** A buffer is passed on from this number of characters. */
const FULL = 64 * 1024;
/** Trino's casts give the texts of the other kinds already. */
const RESPELLED: ColumnKind[] = ['boolean', 'float', 'timestamp', 'timestamptz'];

/** Encodes pages of texts as lines of PostgreSQL's COPY text format: in strings, because JSON gives strings. */
export class PageText {
  readonly #kinds: ColumnKind[];
  readonly #isRespelled: boolean[];
  #text = '';
  /** The rows so far. */
  rows = 0;

  /** @param kinds of the columns */
  constructor(kinds: ColumnKind[]) {
    this.#kinds = kinds;
    this.#isRespelled = kinds.map((kind) => RESPELLED.includes(kind));
  }

  /**
   * Yields whole lines when there are enough of them.
   * @param isPlain the page's JSON has no backslash, so no value has a character that COPY escapes
   */
  *lines(rows: (string | null)[][], isPlain: boolean): Generator<Buffer, void, undefined> {
    const count = this.#kinds.length;
    for (const row of rows) {
      let line = '';
      for (let i = 0; i < count; i++) {
        const value = row[i];
        if (i > 0) line += '\t';
        if (value == null) line += '\\N';
        else if (this.#isRespelled[i]) line += valueText(value, this.#kinds[i]!);
        else line += isPlain ? value : escaped(value);
      }
      this.#text += `${line}\n`;
      this.rows += 1;
      if (this.#text.length >= FULL) yield this.take();
    }
  }

  /** Returns the lines that were not passed on yet. */
  take(): Buffer {
    const taken = Buffer.from(this.#text);
    this.#text = '';
    return taken;
  }
}

/** PostgreSQL has no NUL: such a value is marked, and rejected alone. */
function escaped(value: string): string {
  const text = escapeCopy(value);
  return text.includes('\0') ? text.replaceAll('\0', '') + NOT_TEXT : text;
}
