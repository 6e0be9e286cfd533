import { Failure } from '../../contract/failure.ts';
import { hasIdentifierColumn, type Definition } from '../definition/definition.ts';
import type { Column } from '../values/kinds.ts';
import type { Profile } from './asked-rows.ts';
import type { SlotShare } from './budget.ts';
import type { ForgottenTexts } from './forgotten-records.ts';
import { hashWithin } from './hash.ts';
import type { Seeds } from './marks.ts';
import { Partitions, type Spill } from './partitions.ts';
import { RowComparison, type FoundRows } from './row-comparison.ts';
import { FLAG, NARROW, SIGHT, WIDE, WORDS, type MarkTable } from './slots.ts';
import { canonicalLinesOf, linesOf, type SourceLines } from './source-lines.ts';

export interface ComparisonOptions {
  definition: Definition;
  seeds: Seeds;
  /** The segment's columns, in the order of columnsToRead; if left out, all count as texts. */
  sourceColumns?: readonly Column[];
  /** Attribute marks are ignored, so everything is sent again. */
  resync: boolean;
  /** Listed members that are missing from the segment have a grace period. */
  grace: boolean;
  /** The members' marks include those of their identifiers, because the list has, or had, its own column. */
  wide: boolean;
  /** The members' identifiers are profile ids of the directory that is used now. */
  sameDirectory?: boolean;
  /** Checked for each row that differs. */
  forgotten?: ForgottenTexts;
  /** Called for a row that cannot be used; `key` and `reference` are what the source said. */
  onReject: (key: string, reason: string, reference: string) => void;
  share: SlotShare;
  openSpill: () => Spill;
  /** Only set by tests: see Partitions. */
  partitions?: number;
  indexBits?: number;
}

/** Deferred rows are compared in steps of this number of pieces, about 10 ms, even if none of them differs. */
const PIECES_PER_STEP = 16;

/**
 * Compares a segment with the marks of its members while it is read, and writes only what differs. Load the marks, then
 * compare the lines in any order and in any batches, then finish. The result does not depend on the order of rows.
 */
export class Comparison {
  /** Rows read, and those of them that were rejected. */
  read = 0;
  rejected = 0;
  /** The number of loaded members on the list. */
  listed = 0;
  #listedSum = 0n;
  readonly #options: ComparisonOptions;
  readonly #partitions: Partitions;
  readonly #source: SourceLines;
  /** The same for deferred rows, whose keys are already canonical. */
  readonly #putOff: SourceLines;
  readonly #rows: RowComparison;
  readonly #hasIdentifierColumn: boolean;
  readonly #hasAttributes: boolean;
  /** The table of the deferred rows that are compared. */
  #late: MarkTable | undefined;

  constructor(options: ComparisonOptions) {
    const { definition, wide } = options;
    this.#options = options;
    this.#hasIdentifierColumn = hasIdentifierColumn(definition.activation);
    this.#hasAttributes = definition.activation.attributes.length > 0;
    this.#partitions = new Partitions({ ...options, width: wide ? WIDE : NARROW });
    this.#source = linesOf(definition.activation, options.sourceColumns);
    this.#putOff = canonicalLinesOf(definition.activation, options.sourceColumns);
    this.#rows = new RowComparison(options);
  }

  /** What was found besides the rows read. */
  get found(): Readonly<FoundRows> {
    return this.#rows.found;
  }

  /** The sum of the identifier marks of the listed members. */
  get listedSum(): bigint {
    return BigInt.asUintN(64, this.#listedSum);
  }

  /**
   * Loads members from records of PostgreSQL's binary COPY: mark (uuid), attribute mark (int8), flags (int2) and, if
   * `wide`, identifier mark (int8). @returns how many bytes were whole records
   */
  load(bytes: Buffer, from: number): number {
    const { wide } = this.#options;
    const size = wide ? 52 : 40;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let [low, high] = [0, 0];
    let at = from;
    for (; at + size <= bytes.length; at += size) {
      for (let word = 0; word < 4; word++) WORDS[word] = view.getUint32(at + 6 + 4 * word, true);
      WORDS[5] = view.getUint32(at + 26);
      WORDS[4] = view.getUint32(at + 30);
      const flags = view.getUint16(at + 38);
      WORDS[7] = wide ? view.getUint32(at + 44) : WORDS[1]!;
      WORDS[6] = wide ? view.getUint32(at + 48) : WORDS[0]!;
      this.#partitions.load(flags);
      if (flags & FLAG.UNLISTED) continue;
      this.listed++;
      low += WORDS[6];
      high += WORDS[7];
    }
    this.#listedSum += BigInt(low) + (BigInt(high) << 32n);
    return at - from;
  }

  /** Compares a batch of whole lines. @returns records for the delta, valid until the next call */
  compare(batch: Buffer): Buffer {
    const source = this.#source;
    hashWithin(batch);
    for (let line = 0; line < batch.length; line = source.end) {
      source.split(batch, line);
      this.read++;
      const reject = source.canonicalize();
      if (reject !== undefined) {
        this.rejected++;
        this.#options.onReject(source.keyText, reject, source.referenceText);
        continue;
      }
      this.#hash(source);
      const table = this.#partitions.table();
      if (table) this.#rows.compare(table, source);
      else this.#partitions.putOff(source.canonicalLine());
    }
    return this.#rows.delta.take();
  }

  /** Whether so many questions wait that they should be answered now. */
  get hasManyQuestions(): boolean {
    return this.#rows.asked.areMany;
  }

  /** The keys for which the profile directory must be asked. */
  get questions(): readonly string[] {
    return this.#rows.asked.keys;
  }

  /**
   * Compares the rows whose keys are the questions.
   * @param profiles one answer per question
   * @returns records for the delta, valid until the next call
   */
  answer(profiles: readonly Profile[]): Buffer {
    const lines = this.#putOff;
    this.#rows.asked.answer(lines, profiles, (profile, line) => {
      this.#hash(lines);
      if (this.#late?.isFull) this.#late.grow();
      const table = this.#late ?? this.#partitions.table();
      if (table) this.#rows.compare(table, lines, profile);
      else this.#partitions.putOff(line);
    });
    return this.#rows.delta.take();
  }

  /**
   * Compares the deferred rows, and reports the members that are missing from the segment. Yields records for the
   * delta, each valid until the next step; the steps are small. After each step, questions must be answered.
   */
  *finish(): Generator<Buffer> {
    const row = (table: MarkTable, bytes: Buffer, start: number) => {
      this.#putOff.split(bytes, start);
      this.#putOff.canonicalize();
      this.#late = table;
      this.#rows.compare(table, this.#putOff);
    };
    let steps = 0;
    const { asked, delta } = this.#rows;
    // Before the first table is reported: an answer can move tables to disk.
    if (asked.keys.length > 0) yield delta.take();
    for (const table of this.#partitions.finish({ piece: hashWithin, row })) {
      if (table ? asked.keys.length > 0 : asked.areMany) {
        yield delta.take();
        if (asked.keys.length > 0) throw new Failure('questionsUnanswered', {});
      }
      if (table) yield* this.#rows.report(table);
      if (delta.bytes > 65_536 || ++steps % PIECES_PER_STEP === 0) yield delta.take();
    }
    if (delta.bytes > 0) yield delta.take();
  }

  /** Releases memory and files, however it ended. */
  close(): void {
    this.#partitions.close();
  }

  #hash(lines: SourceLines): void {
    const { key, attributes } = this.#options.seeds;
    SIGHT[0] = lines.hashKey(lines.key, key[0]);
    SIGHT[1] = lines.hashKey(lines.key, key[1]);
    SIGHT[2] = this.#hasAttributes ? lines.hashValues(attributes) : 0n;
    if (this.#hasIdentifierColumn) SIGHT[3] = lines.hashKey(lines.identifier, key[0]);
    else WORDS.copyWithin(6, 0, 2);
  }
}
