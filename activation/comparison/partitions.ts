import { slotsFor, type SlotShare } from './budget.ts';
import { FLAG, MarkTable, WORDS } from './slots.ts';

/** A temporary file: written once from the start, then read once. */
export interface Spill {
  write(bytes: Uint8Array): void;
  read(): Iterable<Uint8Array>;
  close(): void;
}

export interface PartitionOptions {
  /** Words per slot. */
  width: number;
  share: SlotShare;
  openSpill: () => Spill;
  /** A power of two; default 64. Ten million members then need partitions of 2^18 slots. */
  partitions?: number;
  /** See MarkTable; default: all bits. */
  indexBits?: number;
}

/** A partition on disk: its slots as they were, then the rows that came since. */
interface Spilled {
  slots: Spill;
  rows: Spill;
  /** Slots put on disk. */
  members: number;
}

const SMALLEST = 8;
/** Marks, and the length of the line that follows. */
const ROW_HEAD = 36;

/**
 * Hybrid hashing: equal keys always meet in one partition, chosen by bits of the second half of their mark. As many
 * partitions as the budget allows are in memory. When one more slot does not fit, the largest goes to disk with all that
 * is known of it, and its rows follow, to be compared at the end.
 */
export class Partitions {
  readonly #tables: (MarkTable | undefined)[];
  readonly #spilled: (Spilled | undefined)[];
  readonly #options: Required<PartitionOptions>;
  readonly #mask: number;
  /** Slots that a partition begins with: its part of the share, so that nothing grows while marks are loaded. */
  readonly #first: number;
  readonly #rowHead = Buffer.alloc(ROW_HEAD);
  #current = 0;

  constructor({ partitions = 64, indexBits = -1, ...options }: PartitionOptions) {
    this.#options = { ...options, partitions, indexBits };
    this.#mask = partitions - 1;
    this.#first = Math.max(SMALLEST, 2 ** Math.floor(Math.log2(options.share.slots / partitions)));
    this.#tables = new Array<undefined>(partitions).fill(undefined);
    this.#spilled = new Array<undefined>(partitions).fill(undefined);
  }

  /** Keeps the marks in WORDS as those of a member. */
  load(flags: number): void {
    const table = this.table();
    if (table) table.fill(~table.find(), flags);
    else this.#spillSlot(this.#current, flags);
  }

  /** The table of the key in WORDS, with room for one more; undefined when its partition is on disk. */
  table(): MarkTable | undefined {
    const place = WORDS[2]! & this.#mask;
    this.#current = place;
    let table = this.#tables[place];
    if (table && !table.isFull) return table;
    if (this.#spilled[place]) return undefined;
    const more = table?.capacity ?? this.#first;
    while (!this.#options.share.use(more)) {
      const largest = this.#largest();
      if (largest === undefined) {
        this.#options.share.force(more); // nothing is in memory that could make room
        break;
      }
      this.#evict(largest);
      if (this.#spilled[place]) return undefined;
    }
    if (table) table.grow();
    else {
      table = new MarkTable(this.#options.share, this.#options.width, this.#first, this.#options.indexBits);
      this.#tables[place] = table;
    }
    return table;
  }

  /** Puts a row off whose partition is on disk; its marks are in WORDS. */
  putOff(line: Uint8Array): void {
    const { rows } = this.#spilled[this.#current]!;
    const head = this.#rowHead;
    for (let word = 0; word < 8; word++) head.writeUInt32LE(WORDS[word]!, word * 4);
    head.writeUInt32LE(line.length, 32);
    rows.write(head);
    rows.write(line);
  }

  /**
   * Every partition, once: those in memory first, then each of the others, with the rows that were put off for it.
   * When `row` is called, its marks are in WORDS, and its line begins at `start` of some bytes. The tables are given up as
   * they have been seen.
   */
  *finish(row: (table: MarkTable, bytes: Buffer, start: number) => void): Generator<MarkTable | undefined> {
    for (const [place, table] of this.#tables.entries()) {
      if (!table) continue;
      yield table;
      this.#drop(place);
    }
    for (const [place, spilled] of this.#spilled.entries()) {
      if (!spilled) continue;
      const table = this.#reload(spilled);
      spilled.slots.close();
      for (const record of records(spilled.rows.read(), ROW_HEAD, lineLength)) {
        for (let word = 0; word < 8; word++) WORDS[word] = record.readUInt32LE(word * 4);
        if (table.isFull) table.grow();
        row(table, record, ROW_HEAD);
        yield undefined; // so that whoever asks may write what there is
      }
      spilled.rows.close();
      this.#spilled[place] = undefined;
      yield table;
      table.close();
    }
  }

  close(): void {
    for (const spilled of this.#spilled) {
      spilled?.slots.close();
      spilled?.rows.close();
    }
    this.#options.share.close();
  }

  #largest(): number | undefined {
    let found: number | undefined;
    for (const [place, table] of this.#tables.entries()) {
      if (table && (found === undefined || table.size > this.#tables[found]!.size)) found = place;
    }
    return found;
  }

  #evict(place: number): void {
    const { openSpill } = this.#options;
    this.#spilled[place] = { slots: openSpill(), rows: openSpill(), members: 0 };
    const table = this.#tables[place]!;
    const kept = WORDS.slice();
    for (let slot = 0; slot < table.capacity; slot++) {
      if (table.flags[slot] === 0) continue;
      WORDS.set(table.words.subarray(slot * table.width, (slot + 1) * table.width));
      this.#spillSlot(place, table.flags[slot]!);
    }
    WORDS.set(kept);
    this.#drop(place);
  }

  #drop(place: number): void {
    const table = this.#tables[place]!;
    this.#options.share.free(table.capacity);
    table.close();
    this.#tables[place] = undefined;
  }

  #spillSlot(place: number, flags: number): void {
    const { width } = this.#options;
    const record = Buffer.allocUnsafe(width * 4 + 1);
    for (let word = 0; word < width; word++) record.writeUInt32LE(WORDS[word]!, word * 4);
    record[width * 4] = flags;
    const spilled = this.#spilled[place]!;
    spilled.members++;
    spilled.slots.write(record);
  }

  /** Whatever its size: a partition must fit, and all others are done or on disk. */
  #reload({ slots, members }: Spilled): MarkTable {
    const { share, width, indexBits } = this.#options;
    const table = new MarkTable(share, width, slotsFor(members, 1), indexBits);
    for (const record of records(slots.read(), width * 4 + 1, () => 0)) {
      for (let word = 0; word < width; word++) WORDS[word] = record.readUInt32LE(word * 4);
      if (table.isFull) table.grow();
      table.fill(~table.find(), record[width * 4]! | FLAG.OCCUPIED);
    }
    return table;
  }
}

function lineLength(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + ROW_HEAD - 4);
}

/** Cuts a stream into records of a fixed head and as many bytes more as it says. */
function* records(
  chunks: Iterable<Uint8Array>,
  head: number,
  more: (bytes: Buffer, at: number) => number,
): Generator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : asBuffer(chunk);
    let at = 0;
    while (at + head <= bytes.length) {
      const end = at + head + more(bytes, at);
      if (end > bytes.length) break;
      yield bytes.subarray(at, end);
      at = end;
    }
    rest = bytes.subarray(at);
  }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
