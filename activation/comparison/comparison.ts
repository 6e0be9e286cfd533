import { hasOwnIdentifier, type Definition } from '../definition/definition.ts';
import type { Column } from '../values/kinds.ts';
import type { SlotShare } from './budget.ts';
import { DeltaRecords, type Membership, type Sending } from './delta-records.ts';
import type { ForgottenTexts } from './forgotten-records.ts';
import { hashWithin } from './hash.ts';
import type { Seeds } from './marks.ts';
import { Partitions, type Spill } from './partitions.ts';
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
  /** Rows read; of these, those rejected, those of forgotten people, and repeated rows of a key. */
  read = 0;
  rejected = 0;
  forgotten = 0;
  duplicates = 0;
  /** Members with contradicting rows; known after finish. */
  ambiguous = 0;
  /** The number of loaded members on the list. */
  listed = 0;
  #listedSum = 0n;
  readonly #options: ComparisonOptions;
  readonly #partitions: Partitions;
  readonly #source: SourceLines;
  /** The same for deferred rows, whose keys are already canonical. */
  readonly #putOff: SourceLines;
  readonly #delta: DeltaRecords;
  readonly #own: boolean;
  readonly #attributes: number;

  constructor(options: ComparisonOptions) {
    const { definition, seeds, wide } = options;
    const { attributes } = definition.activation;
    this.#options = options;
    this.#own = hasOwnIdentifier(definition.activation);
    this.#attributes = attributes.length;
    this.#partitions = new Partitions({ ...options, width: wide ? WIDE : NARROW });
    this.#source = linesOf(definition.activation, options.sourceColumns);
    this.#putOff = canonicalLinesOf(definition.activation, options.sourceColumns);
    this.#delta = new DeltaRecords({
      mappings: attributes,
      contract: definition.destination.contract,
      seeds,
      ownIdentifier: this.#own,
    });
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
      if (table) this.#look(table, source);
      else this.#partitions.putOff(source.canonicalLine());
    }
    return this.#delta.take();
  }

  /**
   * Compares the deferred rows, and reports the members that are missing from the segment. Yields records for the
   * delta, each valid until the next step; the steps are small.
   */
  *finish(): Generator<Buffer> {
    const row = (table: MarkTable, bytes: Buffer, start: number) => {
      this.#putOff.split(bytes, start);
      this.#putOff.canonicalize();
      this.#look(table, this.#putOff);
    };
    let steps = 0;
    for (const table of this.#partitions.finish({ piece: hashWithin, row })) {
      if (table) yield* this.#tell(table);
      if (this.#delta.bytes > 65_536 || ++steps % PIECES_PER_STEP === 0) yield this.#delta.take();
    }
    if (this.#delta.bytes > 0) yield this.#delta.take();
  }

  /** Releases memory and files, however it ended. */
  close(): void {
    this.#partitions.close();
  }

  #hash(lines: SourceLines): void {
    const { key, attributes } = this.#options.seeds;
    SIGHT[0] = lines.hashKey(lines.key, key[0]);
    SIGHT[1] = lines.hashKey(lines.key, key[1]);
    SIGHT[2] = this.#attributes > 0 ? lines.hashValues(attributes) : 0n;
    if (this.#own) SIGHT[3] = lines.hashKey(lines.identifier, key[0]);
    else WORDS.copyWithin(6, 0, 2);
  }

  /** Compares one row, whose marks are in WORDS, with its slot. */
  #look(table: MarkTable, lines: SourceLines): void {
    if (!table.find()) {
      if (this.#isForgotten(lines)) return;
      table.fill(FLAG.OCCUPIED | FLAG.SEEN);
      const sending = this.#attributes > 0 ? 'fresh' : null;
      this.#delta.row(lines, { membership: 'added', sending, known: false }, null);
      return;
    }
    const { flags } = table;
    if (flags & FLAG.SEEN) {
      this.#again(table, lines);
      return;
    }
    const isRenamed = !table.hasIdentifier();
    const membership = membershipOf(flags, isRenamed);
    const sending = this.#attributes > 0 ? this.#sendingOf(flags, table.hasAttributes()) : null;
    if (membership !== null || sending !== null) {
      if (this.#isForgotten(lines)) return;
      const { words, at, identifierOffset } = table;
      const former = membership === 'reidentified' ? { words, at: at + identifierOffset } : null;
      this.#delta.row(lines, { membership, sending, known: true }, former);
      table.replaceMarks();
    }
    table.flags = flags | FLAG.SEEN;
  }

  /** Handles a repeated key: the slot has the marks of its first row. */
  #again(table: MarkTable, lines: SourceLines): void {
    const isOther = this.#own && !table.hasIdentifier();
    const differs = isOther || (this.#attributes > 0 && !table.hasAttributes());
    if (differs && this.#isForgotten(lines)) return;
    this.duplicates++;
    if (!differs) return;
    table.flags |= FLAG.AMBIGUOUS;
    // The member gets the smallest identifier of all its rows.
    if (isOther) this.#delta.row(lines, { membership: 'sight', sending: null, known: true }, null);
  }

  #sendingOf(flags: number, isSame: boolean): Sending | null {
    if (flags & FLAG.DOUBT) return 'fresh';
    if (!isSame) return 'changed';
    if (this.#options.resync) return 'resent';
    return flags & FLAG.RETRY ? 'retry' : null;
  }

  #isForgotten(lines: SourceLines): boolean {
    const { forgotten } = this.#options;
    if (!forgotten?.size) return false;
    const found = forgotten.has(lines.key.text) || (this.#own && forgotten.has(lines.identifier.text));
    if (found) this.forgotten++;
    return found;
  }

  /**
   * Reports the results of a table whose rows have all been compared: missing members, and members with contradicting
   * rows.
   */
  *#tell({ pages, width, identifierOffset }: MarkTable): Generator<Buffer> {
    for (const { words, flags } of pages) {
      for (let slot = 0, at = 0; slot < flags.length; slot++, at += width) {
        const known = flags[slot]!;
        if (known === 0) continue;
        if (known & FLAG.AMBIGUOUS) {
          this.ambiguous++;
          this.#delta.bare(words, at, 'ambiguous', null);
        } else if (!(known & FLAG.SEEN)) {
          const membership = this.#withoutRow(known);
          this.#delta.bare(words, at, membership, membership === 'removed' ? at + identifierOffset : null);
        }
      }
      if (this.#delta.bytes > 65_536) yield this.#delta.take();
    }
  }

  #withoutRow(flags: number): Membership {
    if (flags & FLAG.UNLISTED) return 'erased';
    return this.#options.grace && !(flags & FLAG.OVER) ? 'leaving' : 'removed';
  }
}

function membershipOf(flags: number, isRenamed: boolean): Membership | null {
  if (flags & FLAG.UNLISTED) return 'added';
  if (isRenamed) return 'reidentified';
  return flags & FLAG.MISSING ? 'returned' : null;
}
