import { NOT_TEXT } from '../../activation/values/text.ts';
import type { ColumnKind } from '../../activation/values/kinds.ts';
import { valueText } from '../copy/values.ts';
import { withMarkedFaults } from '../copy/utf8.ts';
import type { ClickHouseColumn } from './kinds.ts';

const [TAB, NEWLINE, VERTICAL, QUOTE, ZERO, N, V, BACKSLASH] = [9, 10, 11, 39, 48, 78, 118, 92];
const MARK = Buffer.from(NOT_TEXT);
/** Their texts differ from those of kinds.ts, also without escapes. */
const RESPELLED: ColumnKind[] = ['float', 'timestamptz'];
/** The most bytes that an input byte becomes: `inf` is Infinity, a vertical tab gets a backslash. */
const GROWTH = 3;

/**
 * Converts lines of ClickHouse's format TabSeparated into lines of PostgreSQL's COPY text format. They differ in `\'`,
 * `\0`, vertical tabs, the padding of a FixedString, and the texts of some kinds. Most lines of texts and whole numbers
 * stay as they are.
 */
export class CopyText {
  readonly #columns: Pick<ClickHouseColumn, 'kind' | 'isPadded'>[];
  readonly #isRespelled: boolean[];
  readonly #areRespelled: boolean;
  #out = Buffer.alloc(0);
  #end = 0;

  /** @param columns of the fields of a line */
  constructor(columns: Pick<ClickHouseColumn, 'kind' | 'isPadded'>[]) {
    this.#columns = columns;
    this.#isRespelled = columns.map(({ kind }) => RESPELLED.includes(kind));
    this.#areRespelled = this.#isRespelled.includes(true);
  }

  /** @returns a buffer that is valid until the next conversion */
  convert(lines: Buffer): Buffer {
    if (!this.#areRespelled && !needsWork(lines)) return withMarkedFaults(lines);
    if (this.#out.length < GROWTH * lines.length) this.#out = Buffer.allocUnsafe(GROWTH * lines.length);
    this.#end = 0;
    let field = 0;
    for (let at = 0; at < lines.length; field = lines[at - 1] === NEWLINE ? 0 : field + 1) {
      const { kind, isPadded } = this.#columns[field]!;
      at = this.#isRespelled[field] ? this.#respell(lines, at, kind) : this.#copy(lines, at, isPadded);
    }
    return withMarkedFaults(this.#out.subarray(0, this.#end));
  }

  /** Copies a field and the byte that ends it; returns where the next one begins. */
  #copy(lines: Buffer, start: number, isPadded: boolean): number {
    const out = this.#out;
    let end = this.#end;
    let at = start;
    let nulRuns = 0;
    let lastNul = -2; // before the field, and next to none of its bytes
    let byte = lines[at]!;
    for (; byte !== TAB && byte !== NEWLINE; byte = lines[++at]!) {
      if (byte === VERTICAL) {
        out[end++] = BACKSLASH;
        out[end++] = V;
      } else if (byte !== BACKSLASH) out[end++] = byte;
      else {
        const escaped = lines[++at]!;
        if (escaped === ZERO) {
          if (lastNul !== at - 2) nulRuns += 1;
          lastNul = at;
        } else {
          if (escaped !== QUOTE) out[end++] = BACKSLASH;
          out[end++] = escaped;
        }
      }
    }
    // the run of NULs that ends a FixedString is its padding; any other NUL is a part of the value
    const padding = isPadded && lastNul === at - 1 ? 1 : 0;
    if (nulRuns > padding) end += MARK.copy(out, end);
    out[end++] = byte;
    this.#end = end;
    return at + 1;
  }

  #respell(lines: Buffer, start: number, kind: ColumnKind): number {
    if (lines[start] === BACKSLASH && lines[start + 1] === N) return this.#copy(lines, start, false);
    let at = start;
    while (lines[at] !== TAB && lines[at] !== NEWLINE) at += 1;
    this.#end += this.#out.write(valueText(lines.toString('latin1', start, at), kind), this.#end, 'latin1');
    this.#out[this.#end++] = lines[at]!;
    return at + 1;
  }
}

function needsWork(lines: Buffer): boolean {
  return lines.includes(VERTICAL) || lines.includes(String.raw`\'`) || lines.includes(String.raw`\0`);
}
