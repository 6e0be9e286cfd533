import { slotsFor, type SlotShare } from './budget.ts';
import { capacityFor, FLAG, MarkTable, PAGE, WORDS } from './slots.ts';

/** A temporary file that is written once and then read once. */
export interface Spill {
  /** The bytes are copied. */
  write(bytes: Uint8Array): void;
  /** Reads the next bytes. @returns how many; 0 at the end */
  read(into: Uint8Array): number;
  close(): void;
}

export interface PartitionOptions {
  /** Words per slot. */
  width: number;
  share: SlotShare;
  openSpill: () => Spill;
  /** A power of two; default 64. Ten million members then need partitions of 220,000 slots. */
  partitions?: number;
  /** See MarkTable; default: all bits. */
  indexBits?: number;
}

/** A partition on disk: its slots, followed by the rows that came later. */
interface Spilled {
  slots: Spill;
  rows: Spill;
  /** The number of slots on disk. */
  members: number;
}

/** The marks, and the length of the line that follows. */
const ROW_HEAD = 36;
/** Bytes that are read at once. */
const PIECE = 65_536;

/**
 * Hybrid hashing: equal keys are always in the same partition, which is chosen by bits of the second half of their
 * mark. As many partitions as the budget allows are in memory. If one more slot does not fit, the largest partition is
 * moved to disk. Its later rows are appended there, and are compared at the end.
 */
export class Partitions {
  readonly #tables: (MarkTable | undefined)[];
  readonly #spilled: (Spilled | undefined)[];
  readonly #options: Required<PartitionOptions>;
  readonly #mask: number;
  /** The initial slots of a partition: its part of the share, so nothing grows while marks are loaded. */
  readonly #first: number;
  readonly #rowHead = Buffer.alloc(ROW_HEAD);
  readonly #slotRecord: Buffer;
  /** What is read from disk, piece by piece. New buffers would be freed late. */
  #piece = Buffer.alloc(0);
  #current = 0;

  constructor({ partitions = 64, indexBits = -1, ...options }: PartitionOptions) {
    this.#options = { ...options, partitions, indexBits };
    this.#mask = partitions - 1;
    this.#slotRecord = Buffer.alloc(options.width * 4 + 2);
    this.#first = largestWithin(options.share.slots / partitions);
    this.#tables = new Array<undefined>(partitions).fill(undefined);
    this.#spilled = new Array<undefined>(partitions).fill(undefined);
  }

  /** Stores the marks in WORDS as those of a member. */
  load(flags: number): void {
    const table = this.table();
    if (!table) return this.#spillSlot(this.#current, flags);
    table.add(flags);
  }

  /** Returns the table of the key in WORDS, with room for one more; undefined if its partition is on disk. */
  table(): MarkTable | undefined {
    const place = WORDS[2]! & this.#mask;
    this.#current = place;
    let table = this.#tables[place];
    if (table && !table.isFull) return table;
    if (this.#spilled[place]) return undefined;
    const more = table?.growth ?? this.#first;
    while (!this.#options.share.use(more)) {
      const largest = this.#largest();
      if (largest === undefined) {
        this.#options.share.force(more); // no other partition is in memory
        break;
      }
      this.#evict(largest);
      if (this.#spilled[place]) return undefined;
    }
    if (table) table.grow();
    else {
      const { share, width, indexBits } = this.#options;
      table = new MarkTable(share.memory, width, this.#first, indexBits);
      this.#tables[place] = table;
    }
    return table;
  }

  /** Defers a row whose partition is on disk; its marks are in WORDS. */
  putOff(line: Uint8Array): void {
    const { rows } = this.#spilled[this.#current]!;
    const head = this.#rowHead;
    for (let word = 0; word < 8; word++) head.writeUInt32LE(WORDS[word]!, word * 4);
    head.writeUInt32LE(line.length, 32);
    rows.write(head);
    rows.write(line);
  }

  /**
   * Yields every partition once: those in memory first, then each of the others, with its deferred rows. Each table is
   * released after it was used.
   */
  *finish(late: LateRows): Generator<MarkTable | undefined> {
    for (const [place, table] of this.#tables.entries()) {
      if (!table) continue;
      yield table;
      this.#drop(place);
    }
    for (const [place, spilled] of this.#spilled.entries()) {
      if (!spilled) continue;
      const table = this.#reload(spilled);
      spilled.slots.close();
      yield* this.#read(spilled.rows, {
        head: ROW_HEAD,
        more: (bytes, at) => bytes.readUInt32LE(at + ROW_HEAD - 4),
        piece: late.piece,
        record: (bytes, start, end) => {
          for (let word = 0; word < 8; word++) WORDS[word] = bytes.readUInt32LE(start + word * 4);
          if (table.isFull) table.grow();
          late.row(table, bytes, start + ROW_HEAD, end);
        },
      });
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
    for (const { words, flags } of table.pages) {
      for (let slot = 0, at = 0; slot < flags.length; slot++, at += table.width) {
        if (flags[slot] === 0) continue;
        for (let word = 0; word < table.width; word++) WORDS[word] = words[at + word]!;
        this.#spillSlot(place, flags[slot]!);
      }
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
    const record = this.#slotRecord;
    for (let word = 0; word < width; word++) record.writeUInt32LE(WORDS[word]!, word * 4);
    record.writeUInt16LE(flags, width * 4);
    const spilled = this.#spilled[place]!;
    spilled.members++;
    spilled.slots.write(record);
  }

  /** Ignores the budget: a partition must fit, and all others are done or on disk. */
  #reload({ slots, members }: Spilled): MarkTable {
    const { share, width, indexBits } = this.#options;
    const table = new MarkTable(share.memory, width, slotsFor(members, 1), indexBits);
    const pieces = this.#read(slots, {
      head: width * 4 + 2,
      more: () => 0,
      piece: () => undefined,
      record: (bytes, start) => {
        for (let word = 0; word < width; word++) WORDS[word] = bytes.readUInt32LE(start + word * 4);
        if (table.isFull) table.grow();
        table.add(bytes.readUInt16LE(start + width * 4) | FLAG.OCCUPIED);
      },
    });
    while (!pieces.next().done);
    return table;
  }

  /** Reads records whose fixed head contains the size of the rest. Pauses after every piece for other work. */
  *#read(spill: Spill, { head, more, piece, record }: Records): Generator<undefined> {
    if (this.#piece.length === 0) this.#piece = Buffer.allocUnsafe(PIECE);
    for (let kept = 0; ;) {
      const read = spill.read(this.#piece.subarray(kept));
      if (read === 0) return;
      const bytes = this.#piece.subarray(0, kept + read);
      piece(bytes);
      let at = 0;
      for (let end = 0; at + head <= bytes.length; at = end) {
        end = at + head + more(bytes, at);
        if (end > bytes.length) break;
        record(bytes, at, end);
      }
      bytes.copyWithin(0, at);
      kept = bytes.length - at;
      if (kept === this.#piece.length) this.#piece = Buffer.concat([this.#piece], 2 * kept);
      yield undefined;
    }
  }
}

interface Records {
  /** Bytes of each. */
  head: number;
  more: (bytes: Buffer, at: number) => number;
  piece: (bytes: Buffer) => void;
  record: (bytes: Buffer, start: number, end: number) => void;
}

/** The receiver of deferred rows. */
export interface LateRows {
  /** Called with bytes that contain the rows that follow. */
  piece: (bytes: Buffer) => void;
  /** The marks of a row are in WORDS, and its line is `[start, end)`. */
  row: (table: MarkTable, bytes: Buffer, start: number, end: number) => void;
}

/** Returns the largest size of a table with at most this number of slots, if there is one. */
function largestWithin(slots: number): number {
  const larger = capacityFor(Math.floor(slots) + 1);
  return larger > PAGE ? Math.max(PAGE, larger - PAGE) : Math.max(capacityFor(0), larger / 2);
}
