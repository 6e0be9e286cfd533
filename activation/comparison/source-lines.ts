import type { Activation } from '../definition/definition.ts';
import { canonicalKey, keyRules, type KeyRule } from '../keys/canonical.ts';
import { canonicalTest, type CanonicalTest } from '../keys/fast.ts';
import { escapeCopy, unescapeCopy } from '../values/copy.ts';
import { Failure } from '../../contract/failure.ts';
import { isScaleless, type Column } from '../values/kinds.ts';
import { significantEnd } from '../values/scale.ts';
import { hashBytes, hashPiece } from './hash.ts';

const TAB = 9;
const NEWLINE = 10;

/** A field of a line: bytes `[start, end)` of a buffer, in COPY's text format. */
export class Field {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;

  get text(): string {
    return unescapeCopy(this.bytes.toString('utf8', this.start, this.end))!;
  }
}

/**
 * Splits the lines of a segment (COPY text: key, [identifier,] [reference,] values) into fields, and canonicalizes key and
 * identifier. Works on bytes: only a key that is not canonical yet becomes a JavaScript string.
 */
export class SourceLines {
  readonly key = new Field();
  readonly identifier = new Field();
  /** The start of each value of the current line in `batch`; the last entry is one past the line. */
  readonly starts: Int32Array;
  batch: Buffer = Buffer.alloc(0);
  readonly #keys: readonly KeyRule[];
  readonly #tests: CanonicalTest[];
  readonly #fields: number;
  readonly #hasReference: boolean;
  /** The first value's field. A reference comes before it, so that it is neither hashed nor spilled. */
  readonly #first: number;
  /** The indexes of values that may have unnecessary trailing zeros. */
  readonly #scaleless: number[];

  /**
   * @param keys the rules of the matching key and, if the list has another identifier, of that
   * @param values the number of mapped attributes
   * @param columns their columns; if left out, all count as texts
   * @param hasReference a column names rows without a usable key
   */
  constructor(
    keys: readonly KeyRule[],
    values: number,
    columns: readonly Column[] = [],
    hasReference = false,
  ) {
    this.#keys = keys;
    this.#tests = keys.map(canonicalTest);
    this.#scaleless = columns.flatMap((column, index) => (isScaleless(column) ? index : []));
    this.#hasReference = hasReference;
    this.#first = keys.length + (hasReference ? 1 : 0);
    this.#fields = this.#first + values;
    this.starts = new Int32Array(this.#fields + 1);
  }

  /** The start of the first value, or the end of the line if none is mapped. */
  get firstValue(): number {
    return this.starts[this.#first]!;
  }

  get end(): number {
    return this.starts[this.#fields]!;
  }

  /** Where value `index` begins. */
  valueAt(index: number): number {
    return this.starts[this.#first + index]!;
  }

  /** The end of value `index` for the comparison: `1.0` and `1.00` are the same number. */
  comparedEnd(index: number): number {
    const end = this.valueAt(index + 1) - 1;
    return this.#scaleless.includes(index) ? significantEnd(this.batch, this.valueAt(index), end) : end;
  }

  /**
   * Hashes all values in their form for the comparison; the batch was given to hashWithin. A number that may have
   * unnecessary zeros ends a piece, and each piece's hash seeds the next one, so nothing is copied.
   */
  hashValues(seed: bigint): bigint {
    let hash = seed;
    let from = this.firstValue;
    for (const index of this.#scaleless) {
      const end = this.valueAt(index + 1) - 1;
      hash = hashPiece(from, significantEnd(this.batch, this.valueAt(index), end), hash);
      from = end;
    }
    const end = this.end - 1;
    return from === end && this.#scaleless.length > 0 ? hash : hashPiece(from, end, hash);
  }

  /** Hashes a key or identifier. If it was not canonical, its bytes are not in the batch. */
  hashKey({ bytes, start, end }: Field, seed: bigint): bigint {
    return bytes === this.batch ? hashPiece(start, end, seed) : hashBytes(bytes, seed);
  }

  /** Finds the fields of the line that begins at `line`. */
  split(batch: Buffer, line: number): void {
    const { starts } = this;
    this.batch = batch;
    let field = 0;
    let at = line;
    starts[0] = line;
    for (; at < batch.length; at++) {
      const byte = batch[at]!;
      if (byte === TAB) starts[++field] = at + 1;
      else if (byte === NEWLINE) break;
    }
    if (field !== this.#fields - 1 || at === batch.length) {
      throw new Failure('sourceLineUnfit', { fields: field + 1, wanted: this.#fields });
    }
    starts[this.#fields] = at + 1;
  }

  /** Sets `key` and `identifier`. @returns why the row cannot be used, if it cannot */
  canonicalize(): string | undefined {
    const reject = this.#read(this.key, 0);
    if (reject !== undefined) return reject;
    if (this.#keys.length === 1) return undefined;
    const unusable = this.#read(this.identifier, 1);
    return unusable === undefined ? undefined : `Identifier${unusable}`;
  }

  /** Returns the line with canonical key and identifier. */
  canonicalLine(): Buffer {
    const { batch, starts, end } = this;
    const fields = this.#keys.length === 1 ? [this.key] : [this.key, this.identifier];
    if (!this.#hasReference && fields.every(({ bytes }) => bytes === batch))
      return batch.subarray(starts[0], end);
    const texts = fields.map(({ bytes, start, end }) => bytes.toString('latin1', start, end));
    const isBare = this.#first === this.#fields;
    const values = isBare ? '\n' : `\t${batch.toString('latin1', this.firstValue, end)}`;
    return Buffer.from(texts.join('\t') + values, 'latin1');
  }

  /** The source's text of the key. */
  get keyText(): string {
    return unescapeCopy(this.batch.toString('utf8', this.starts[0], this.starts[1]! - 1)) ?? '';
  }

  /** How the source names the row, besides its key; empty when nothing does. */
  get referenceText(): string {
    if (!this.#hasReference) return '';
    const place = this.#first - 1;
    return unescapeCopy(this.batch.toString('utf8', this.starts[place], this.starts[place + 1]! - 1)) ?? '';
  }

  #read(field: Field, place: number): string | undefined {
    const start = this.starts[place]!;
    const end = this.starts[place + 1]! - 1;
    if (this.#tests[place]!(this.batch, start, end)) {
      field.bytes = this.batch;
      field.start = start;
      field.end = end;
      return undefined;
    }
    const canonical = canonicalKey(this.#keys[place]!, unescapeCopy(this.batch.toString('utf8', start, end)));
    if ('reject' in canonical) return canonical.reject;
    field.bytes = Buffer.from(escapeCopy(canonical.key));
    field.start = 0;
    field.end = field.bytes.length;
    return undefined;
  }
}

/**
 * Makes the parser for the lines of a segment as the source sends them.
 * @param columns the columns of the segment, in the order of columnsToRead; if left out, all count as texts
 */
export function linesOf(activation: Activation, columns: readonly Column[] = []): SourceLines {
  const keys = keyRules(
    activation,
    columns.map(({ kind }) => kind),
  );
  const hasReference = activation.rejectReference !== undefined;
  const values = columns.slice(keys.length + (hasReference ? 1 : 0));
  return new SourceLines(keys, activation.attributes.length, values, hasReference);
}

/** The same for lines whose keys are already canonical. These have no reference, since it is no longer needed. */
export function canonicalLinesOf(activation: Activation, columns: readonly Column[] = []): SourceLines {
  const keys = keyRules(activation).map(() => ({ type: 'externalId' as const }));
  const values = columns.slice(keys.length + (activation.rejectReference === undefined ? 0 : 1));
  return new SourceLines(keys, activation.attributes.length, values);
}
