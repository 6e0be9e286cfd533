import { valueRules } from '../../activation/definition/definition.ts';
import { conversionFor, isEmptyText, type Conversion } from '../../activation/values/convert.ts';
import { unescapeCopy } from '../../activation/values/copy.ts';
import { csvField } from '../../activation/values/csv.ts';
import { MOST_ADDED, textWriter, UNDECIDED } from '../../activation/values/fast.ts';
import { leavesOut } from '../../activation/values/nulls.ts';
import { FILE } from '../contract.ts';
import type { BadRow, ImportFileOptions } from './import-file.ts';
import { Failure } from '../../contract/failure.ts';

const [TAB, NEWLINE, BACKSLASH, LETTER_N] = [9, 10, 92, 78];
const SEPARATOR = FILE.separator.charCodeAt(0);

/** Keys were checked before they reached the delta, so they need no limit here. */
const writeKey = textWriter(Infinity);

/**
 * Converts lines of the delta into lines of an import file, in a reused buffer. A value that needs no conversion never
 * becomes a string; the others are converted one by one.
 */
export class ImportLines {
  #out = Buffer.allocUnsafe(262_144);
  #at = 0;
  #bad: BadRow['bad'] = [];
  readonly #options: ImportFileOptions;
  readonly #conversions: Conversion[];
  readonly #leavesOut: boolean[];
  /** The maximum number of bytes that a line gains, without converted values. */
  readonly #added: number;

  /** @throws Failure MappingInvalid if the values of a column can never be sent */
  constructor(options: ImportFileOptions) {
    const { mappings, columns, targets, contract } = options;
    const { emptyValue } = contract;
    this.#options = options;
    this.#conversions = mappings.map((mapping, index) =>
      conversionFor(columns[index]!, targets[index]!, valueRules(mapping, contract)),
    );
    this.#leavesOut = mappings.map((mapping) => leavesOut(mapping, { emptyValue }));
    this.#added = (mappings.length + 1) * (MOST_ADDED + 1);
  }

  /** Converts whole lines. `bytes` is valid until the next call, and does not contain the rows in `aside`. */
  write(lines: Buffer): { bytes: Buffer; rows: number; aside: BadRow[] } {
    const aside: BadRow[] = [];
    let rows = 0;
    this.#at = 0;
    for (let start = 0; start < lines.length;) {
      const before = this.#at;
      const keyEnd = endOfField(lines, start);
      const end = this.#row(lines, start, keyEnd);
      if (this.#bad.length === 0) rows++;
      else {
        aside.push({ key: textOf(lines, start, keyEnd), bad: this.#bad });
        this.#bad = [];
        this.#at = before;
      }
      start = end + 1;
    }
    return { bytes: this.#out.subarray(0, this.#at), rows, aside };
  }

  /** Writes a line, and records which of its values cannot be sent. @returns where it ends */
  #row(lines: Buffer, start: number, keyEnd: number): number {
    const { omitted, allColumns = false } = this.#options;
    this.#room(lines.length - start);
    const written = writeKey(lines, start, keyEnd, this.#out, this.#at);
    if (written === UNDECIDED) this.#text(textOf(lines, start, keyEnd), lines.length - keyEnd);
    else this.#at = written;
    let end = keyEnd;
    for (let index = 0; index < this.#conversions.length; index++) {
      if (lines[end] !== TAB) throw mismatch();
      const from = end + 1;
      end = endOfField(lines, from);
      if (!omitted[index] || allColumns) this.#out[this.#at++] = SEPARATOR;
      if (!omitted[index]) this.#value(index, lines, from, end);
    }
    if (lines[end] !== NEWLINE) throw mismatch();
    this.#out[this.#at++] = NEWLINE;
    return end;
  }

  #value(index: number, lines: Buffer, start: number, end: number): void {
    const isNull = end - start === 2 && lines[start] === BACKSLASH && lines[start + 1] === LETTER_N;
    if (isNull) {
      if (this.#leavesOut[index]) this.#reject(index, null);
      return;
    }
    const { write, convert } = this.#conversions[index]!;
    const written = write(lines, start, end, this.#out, this.#at);
    if (written !== UNDECIDED) {
      this.#at = written;
      return;
    }
    const text = textOf(lines, start, end);
    if (isEmptyText(this.#options.columns[index]!, text)) {
      if (this.#leavesOut[index]) this.#reject(index, null);
      return;
    }
    const converted = convert(text);
    if ('reject' in converted) this.#reject(index, converted.reject);
    else this.#text(converted.value, lines.length - end);
  }

  #reject(index: number, reason: string | null): void {
    this.#bad.push({ index, attribute: this.#options.mappings[index]!.attribute, reason });
  }

  /** Writes a text as a field. `rest`: the remaining bytes of the source. */
  #text(text: string, rest: number): void {
    const field = csvField(text, FILE.separator);
    this.#room(Buffer.byteLength(field) + rest);
    this.#at += this.#out.write(field, this.#at);
  }

  /** Makes room for this number of bytes, and for what a line can gain. */
  #room(bytes: number): void {
    const needed = this.#at + bytes + this.#added;
    if (needed <= this.#out.length) return;
    const larger = Buffer.allocUnsafe(2 * needed);
    this.#out.copy(larger, 0, 0, this.#at);
    this.#out = larger;
  }
}

function endOfField(lines: Buffer, start: number): number {
  let end = start;
  while (end < lines.length && lines[end] !== TAB && lines[end] !== NEWLINE) end++;
  return end;
}

/** Returns the text of a field that is not null. */
function textOf(lines: Buffer, start: number, end: number): string {
  return unescapeCopy(lines.toString('utf8', start, end)) ?? '';
}

/** Values in the wrong columns would be sent as other attributes. */
function mismatch(): Failure {
  return new Failure('deltaLineUnfit', {});
}
