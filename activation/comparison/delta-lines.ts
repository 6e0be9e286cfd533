import type { AttributeMapping } from '../definition/activation.ts';
import type { ContractSettings } from '../definition/contract.ts';
import type { Column } from '../values/kinds.ts';
import { leavesOut } from '../values/nulls.ts';
import { hasher, type Seeds } from './marks.ts';
import type { SourceLines } from './source-lines.ts';
import { WORDS } from './slots.ts';

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
  /** What the source holds, one per mapping. */
  columns: readonly Column[];
  contract: Pick<ContractSettings, 'emptyValue'>;
  seeds: Seeds;
  ownIdentifier: boolean;
}

const [TAB, NEWLINE, SPACE, QUOTE, BACKSLASH, LETTER_E, LETTER_N] = [9, 10, 32, 34, 92, 101, 78];
/** The two hexadecimal digits of each byte value, as one number. */
const HEX = Uint16Array.from({ length: 256 }, (_, byte) =>
  Buffer.from(byte.toString(16).padStart(2, '0')).readUInt16BE(),
);
const NULL = '\\N';
const HASH = new BigUint64Array(1);
const HASH_BYTES = new Uint8Array(HASH.buffer);

/** Writes the rows that differ, as lines of COPY text for a delta, into a buffer that grows as it must. */
export class DeltaLines {
  #out = Buffer.allocUnsafe(262_144);
  #at = 0;
  readonly #options: DeltaLinesOptions;
  readonly #leavesOut: boolean[];
  readonly #isFloat: boolean[];
  /** What a row in an import file may have beside its texts: a separator and two quotes a field, and longer spellings. */
  readonly #fixedBytes: number;
  readonly #noValues: string;

  constructor(options: DeltaLinesOptions) {
    const { mappings, columns, contract } = options;
    this.#options = options;
    this.#leavesOut = mappings.map((mapping) => leavesOut(mapping, contract));
    this.#isFloat = mappings.map((_, index) => columns[index]?.kind === 'float');
    const mayBeBoolean = mappings.filter(({ create }) => (create?.type ?? 'BOOLEAN') === 'BOOLEAN').length;
    const dates = columns.filter(({ kind }) => kind === 'date').length;
    this.#fixedBytes = 3 * (mappings.length + 1) + 4 * mayBeBoolean + ' 00:00:00'.length * dates;
    this.#noValues = `\t${NULL}`.repeat(mappings.length) + '\n';
  }

  get bytes(): number {
    return this.#at;
  }

  /** What was written since the last call. */
  take(): Buffer {
    const taken = Buffer.from(this.#out.subarray(0, this.#at)); // a copy: few bytes would hold the whole buffer
    this.#at = 0;
    return taken;
  }

  /** A row of the segment; its marks are in WORDS. `former`: where its former identifier mark is. */
  row(
    lines: SourceLines,
    {
      membership,
      sending,
      known,
    }: { membership: Membership | null; sending: Sending | null; known: boolean },
    former: { words: Uint32Array; at: number } | null,
  ): void {
    const { ownIdentifier, mappings } = this.#options;
    const { key, identifier } = lines;
    this.#room(2 * (lines.end - lines.firstValue) + 2 * (key.end - key.start) + 600 + 18 * mappings.length);
    this.#mark(WORDS, 0);
    this.#write(sending === null ? `\t${NULL}\t` : `\t${bigint(WORDS, 4)}\t`);
    this.#write(
      `${bigint(WORDS, ownIdentifier ? 6 : 0)}\t${former ? bigint(former.words, former.at) : NULL}\t`,
    );
    this.#write(sending === null ? NULL : String(this.#importBytes(lines)));
    this.#write(`\t${known ? 't' : 'f'}\t${membership ?? NULL}\t${sending ?? NULL}\t`);
    if (sending === null) this.#write(NULL);
    else this.#pattern(lines);
    this.#byte(TAB);
    this.#at += key.bytes.copy(this.#out, this.#at, key.start, key.end);
    this.#byte(TAB);
    if (ownIdentifier) {
      this.#room(identifier.end - identifier.start + 64);
      this.#at += identifier.bytes.copy(this.#out, this.#at, identifier.start, identifier.end);
    } else this.#write(NULL);
    this.#byte(TAB);
    if (sending === null) {
      this.#write(NULL + this.#noValues);
      return;
    }
    this.#room(2 * (lines.end - lines.firstValue) + 18 * mappings.length + 64);
    this.#hashes(lines);
    if (mappings.length === 0) {
      this.#byte(NEWLINE);
      return;
    }
    this.#byte(TAB);
    this.#at += lines.batch.copy(this.#out, this.#at, lines.firstValue, lines.end);
  }

  /** A member that the segment lacks, or whose rows contradict each other. `words`, `slot`: its key mark. */
  bare(words: Uint32Array, at: number, membership: Membership, former: number | null): void {
    this.#room(600 + 3 * this.#options.mappings.length);
    this.#mark(words, at);
    this.#write(
      `\t${NULL}\t${NULL}\t${former === null ? NULL : bigint(words, former)}\t${NULL}\tt\t${membership}`,
    );
    this.#write(`\t${NULL}`.repeat(5) + this.#noValues);
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#out.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#out.length * 2, this.#at + bytes));
    this.#out.copy(larger, 0, 0, this.#at);
    this.#out = larger;
  }

  #write(text: string): void {
    this.#at += this.#out.write(text, this.#at, 'latin1');
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
      const value = lines.batch.subarray(lines.valueAt(index), lines.valueAt(index + 1) - 1);
      HASH[0] = hasher.h64Raw(value, each[index]);
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

  /** An upper bound: quotes double, `1` can become `TRUE`, `1e+300` is written out, a date gets a time. */
  #importBytes(lines: SourceLines): number {
    const { batch, key } = lines;
    let bytes = this.#fixedBytes + 2 * (key.end - key.start) + lines.end - lines.firstValue;
    for (let at = lines.firstValue; at < lines.end; at++) if (batch[at] === QUOTE) bytes++;
    for (let index = 0; index < this.#isFloat.length; index++) {
      if (!this.#isFloat[index]) continue;
      if (batch.subarray(lines.valueAt(index), lines.valueAt(index + 1)).includes(LETTER_E)) bytes += 330;
    }
    return bytes;
  }
}

function bigint(words: Uint32Array, at: number): string {
  return ((BigInt(words[at + 1]! | 0) << 32n) | BigInt(words[at]!)).toString();
}
