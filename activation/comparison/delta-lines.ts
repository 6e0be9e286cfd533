import type { AttributeMapping } from '../definition/activation.ts';
import type { ContractSettings } from '../definition/contract.ts';
import { leavesOut } from '../values/nulls.ts';
import { hashPiece } from './hash.ts';
import type { Seeds } from './marks.ts';
import type { SourceLines } from './source-lines.ts';
import { SIGNED, WORDS } from './slots.ts';

/** What a run does to a member's place on the list; see state/schema.sql, delta. */
export type Membership =
  'added' | 'removed' | 'reidentified' | 'leaving' | 'returned' | 'erased' | 'sight' | 'ambiguous';
/** Why a member's attributes are sent; see state/schema.sql, delta. */
export type Sending = 'fresh' | 'changed' | 'retry' | 'resent';

/** The columns of a delta before its values, in the order of its lines. */
export const DELTA_COLUMNS = [
  ...(['mark', 'attribute_mark', 'identifier_mark', 'former_mark', 'bytes', 'known', 'membership'] as const),
  ...(['attributes', 'pattern', 'key', 'identifier', 'hashes'] as const),
] as const;

/** Values of a delta: one text column per mapped attribute, in the order of the mapping. */
export function valueColumns(attributes: number): string[] {
  return Array.from({ length: attributes }, (_, index) => `c${index + 1}`);
}

export interface DeltaLinesOptions {
  mappings: readonly AttributeMapping[];
  contract: Pick<ContractSettings, 'emptyValue'>;
  seeds: Seeds;
  ownIdentifier: boolean;
}

const [TAB, SPACE, QUOTE, HYPHEN, DOT, BACKSLASH, LETTER_E, LETTER_N] = [9, 32, 34, 45, 46, 92, 101, 78];
/** The two hexadecimal digits of each byte value, as one number. */
const HEX = Uint16Array.from({ length: 256 }, (_, byte) =>
  Buffer.from(byte.toString(16).padStart(2, '0')).readUInt16BE(),
);
const NULL = '\\N';
const HASH = new BigUint64Array(1);
const HASH_BYTES = new Uint8Array(HASH.buffer);

/** A line has at most so many bytes beside its texts, and so many more per attribute: a hash, a bit, and `\\N`. */
const FIXED_BYTES = 256;
const BYTES_PER_ATTRIBUTE = 24;

/** Writes the rows that differ, as lines of COPY text for a delta, into a buffer that grows as it must. */
export class DeltaLines {
  #out = Buffer.allocUnsafe(262_144);
  #at = 0;
  readonly #options: DeltaLinesOptions;
  readonly #leavesOut: boolean[];
  readonly #noValues: string;

  constructor(options: DeltaLinesOptions) {
    const { mappings, contract } = options;
    this.#options = options;
    this.#leavesOut = mappings.map((mapping) => leavesOut(mapping, contract));
    this.#noValues = `\t${NULL}`.repeat(mappings.length) + '\n';
  }

  get bytes(): number {
    return this.#at;
  }

  /** What was written since the last call; valid until the next row is written. */
  take(): Buffer {
    const taken = this.#out.subarray(0, this.#at);
    this.#at = 0;
    return taken;
  }

  /**
   * A row of the segment, whose marks are in WORDS and whose line was given to hashWithin. `former`: where its former
   * identifier mark is.
   */
  row(
    lines: SourceLines,
    {
      membership,
      sending,
      known,
    }: { membership: Membership | null; sending: Sending | null; known: boolean },
    former: { words: Uint32Array; at: number } | null,
  ): void {
    const { ownIdentifier } = this.#options;
    const { key, identifier, batch, firstValue, end } = lines;
    this.#room(key.end - key.start + identifier.end - identifier.start + end - firstValue);
    const sends = sending !== null;
    this.#mark(WORDS, 0);
    this.#write(
      `\t${sends ? SIGNED[2] : NULL}\t${SIGNED[ownIdentifier ? 3 : 0]}` +
        `\t${former ? bigint(former.words, former.at) : NULL}\t${sends ? this.#importBytes(lines) : NULL}` +
        `\t${known ? 't' : 'f'}\t${membership ?? NULL}\t${sending ?? NULL}\t`,
    );
    if (sends) this.#pattern(lines);
    else this.#write(NULL);
    this.#byte(TAB);
    this.#copy(key.bytes, key.start, key.end);
    this.#byte(TAB);
    if (ownIdentifier) this.#copy(identifier.bytes, identifier.start, identifier.end);
    else this.#write(NULL);
    this.#byte(TAB);
    if (!sends) {
      this.#write(NULL + this.#noValues);
      return;
    }
    this.#hashes(lines);
    this.#byte(TAB);
    this.#copy(batch, firstValue, end);
  }

  /** A member that the segment lacks, or whose rows contradict each other. Its key mark is in `words`, from `at` on. */
  bare(words: Uint32Array, at: number, membership: Membership, former: number | null): void {
    this.#room(0);
    this.#mark(words, at);
    this.#write(
      `\t${NULL}\t${NULL}\t${former === null ? NULL : bigint(words, former)}\t${NULL}\tt\t${membership}`,
    );
    this.#write(`\t${NULL}`.repeat(5) + this.#noValues);
  }

  /** Makes room for a line whose texts have so many bytes. */
  #room(texts: number): void {
    const bytes = texts + FIXED_BYTES + BYTES_PER_ATTRIBUTE * this.#options.mappings.length;
    if (this.#at + bytes <= this.#out.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#out.length * 2, this.#at + bytes));
    this.#out.copy(larger, 0, 0, this.#at);
    this.#out = larger;
  }

  #write(text: string): void {
    this.#at += this.#out.write(text, this.#at, 'latin1');
  }

  /** Byte by byte: for so few of them a call of copy() takes longer. */
  #copy(bytes: Buffer, start: number, end: number): void {
    const out = this.#out;
    let to = this.#at;
    for (let at = start; at < end; at++) out[to++] = bytes[at]!;
    this.#at = to;
  }

  #byte(byte: number): void {
    this.#out[this.#at++] = byte;
  }

  #hex(byte: number): void {
    const digits = HEX[byte]!;
    this.#out[this.#at++] = digits >>> 8;
    this.#out[this.#at++] = digits & 0xff;
  }

  #mark(words: Uint32Array, at: number): void {
    for (let word = at; word < at + 4; word++) {
      const value = words[word]!;
      for (let shift = 0; shift < 32; shift += 8) this.#hex((value >>> shift) & 0xff);
    }
  }

  #hashes(lines: SourceLines): void {
    const { each } = this.#options.seeds;
    this.#byte(BACKSLASH); // `\\x` begins a bytea
    this.#byte(BACKSLASH);
    this.#byte(120);
    for (let index = 0; index < each.length; index++) {
      HASH[0] = hashPiece(lines.valueAt(index), lines.valueAt(index + 1) - 1, each[index]!);
      for (let byte = 0; byte < 8; byte++) this.#hex(HASH_BYTES[byte]!);
    }
  }

  /** A blank text counts as null; what only JavaScript calls blank is found when the file is written, and set aside. */
  #pattern(lines: SourceLines): void {
    const { batch } = lines;
    for (let index = 0; index < this.#leavesOut.length; index++) {
      let isOut = false;
      if (this.#leavesOut[index]) {
        let at = lines.valueAt(index);
        const end = lines.valueAt(index + 1) - 1;
        const isNull = end - at === 2 && batch[at] === BACKSLASH && batch[at + 1] === LETTER_N;
        while (at < end && batch[at] === SPACE) at++;
        isOut = isNull || at === end;
      }
      this.#byte(isOut ? 49 : 48);
    }
  }

  /** An upper bound; only a domain that Unicode spells longer can exceed it. */
  #importBytes(lines: SourceLines): number {
    const { batch, key } = lines;
    let bytes = fieldBytes(key.bytes, key.start, key.end);
    for (let index = 0; index < this.#leavesOut.length; index++)
      bytes += fieldBytes(batch, lines.valueAt(index), lines.valueAt(index + 1) - 1);
    return bytes;
  }
}

const SEPARATOR_AND_QUOTES = 3;
const LONGEST_BOOLEAN = 'FALSE'.length;
const TIMESTAMP = '2026-01-31 00:00:00'.length;
/** Of a number with an exponent, in digits; see values/numbers.ts. */
const WRITTEN_OUT = 410;

/**
 * The most that a field can have in an import file, whatever becomes of it there: quotes double, `1` can become `TRUE`, a
 * date a timestamp, and `1e+300` is written out. A field that has two hyphens counts as a date; one whose only letter is
 * an `e` after a digit as a number with an exponent.
 */
function fieldBytes(bytes: Buffer, start: number, end: number): number {
  let [quotes, hyphens, exponents, letters] = [0, 0, 0, 0];
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) quotes++;
    else if (byte === HYPHEN) hyphens++;
    else if (isLetter(byte) && bytes[at - 1] !== BACKSLASH) {
      letters++;
      if ((byte | 32) === LETTER_E && at > start && isDigitOrDot(bytes[at - 1]!)) exponents++;
    }
  }
  const least = hyphens >= 2 ? TIMESTAMP : LONGEST_BOOLEAN;
  const more = letters === 1 && exponents === 1 ? WRITTEN_OUT : 0;
  return Math.max(end - start, least) + quotes + more + SEPARATOR_AND_QUOTES;
}

function isLetter(byte: number): boolean {
  const lower = byte | 32;
  return lower >= 97 && lower <= 122;
}

function isDigitOrDot(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || byte === DOT;
}

function bigint(words: Uint32Array, at: number): string {
  return ((BigInt(words[at + 1]! | 0) << 32n) | BigInt(words[at]!)).toString();
}
