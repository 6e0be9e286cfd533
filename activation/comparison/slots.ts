/*
 * The marks of one partition: open addressing over typed arrays, no object per member. All words of a slot lie side by
 * side, so a look-up touches one line of the processor's cache.
 */

/** What is known of a member besides its marks. A slot without any flag is free. */
export const FLAG = {
  OCCUPIED: 1,
  /** The segment has it. */
  SEEN: 2,
  /** It is not on the list. */
  UNLISTED: 4,
  /** The segment lacked it before: it is in its grace period. */
  MISSING: 8,
  /** It was refused or unmatched, and it is time to send it again. */
  RETRY: 16,
  /** Nothing of its attributes is confirmed, or all is in doubt. */
  DOUBT: 32,
  /** Rows of the segment contradict each other. */
  AMBIGUOUS: 64,
  /** Its grace period has ended. */
  OVER: 128,
} as const;

/**
 * The marks of what is looked at: key (two halves), attributes, identifier. As 64-bit numbers and, in the same memory, as
 * words of 32 bits, the lower one first: reading a BigInt out of an array would allocate.
 */
export const SIGHT = new BigUint64Array(4);
export const WORDS = new Uint32Array(SIGHT.buffer);
/** The same memory once more, as PostgreSQL's bigint. */
export const SIGNED = new BigInt64Array(SIGHT.buffer);

/** Words per slot: with an identifier of its own, or without one (then its mark is the first half of the key's). */
export const WIDE = 8;
export const NARROW = 6;

/** Above this share of occupied slots a table grows. */
const MAX_LOAD = 0.7;

/** Where tables have their memory from: see SlotShare. */
export interface TableMemory {
  takeMemory(slots: number, bytesPerSlot: number): ArrayBuffer;
  giveMemoryBack(slots: number, bytesPerSlot: number, memory: ArrayBuffer): void;
}

export class MarkTable {
  words!: Uint32Array;
  flags!: Uint8Array;
  size = 0;
  readonly width: number;
  readonly #memory: TableMemory;
  /** Which bits of the first word choose a slot; fewer in tests, so that slots collide. */
  readonly #indexBits: number;

  constructor(memory: TableMemory, width: number, capacity: number, indexBits: number) {
    this.#memory = memory;
    this.width = width;
    this.#indexBits = indexBits;
    this.#allocate(capacity);
  }

  get #bytesPerSlot(): number {
    return 4 * this.width + 1;
  }

  get capacity(): number {
    return this.flags.length;
  }

  get isFull(): boolean {
    return this.size + 1 > this.flags.length * MAX_LOAD;
  }

  /** The slot of the key in {@link WORDS}; negative, `~slot` of a free one, when it has none. */
  find(): number {
    const { flags, words, width } = this;
    const mask = flags.length - 1;
    const [k0, k1, k2, k3] = [WORDS[0]!, WORDS[1]!, WORDS[2]!, WORDS[3]!];
    for (let slot = k0 & this.#indexBits & mask; ; slot = (slot + 1) & mask) {
      if (flags[slot] === 0) return ~slot;
      const at = slot * width;
      if (words[at] === k0 && words[at + 1] === k1 && words[at + 2] === k2 && words[at + 3] === k3)
        return slot;
    }
  }

  /** Fills a free slot with the marks in {@link WORDS}. */
  fill(slot: number, flags: number): void {
    const { words, width } = this;
    const at = slot * width;
    for (let word = 0; word < width; word++) words[at + word] = WORDS[word]!;
    this.flags[slot] = flags;
    this.size++;
  }

  /** Lets the slot hold the attribute and identifier marks in {@link WORDS}. */
  replaceMarks(slot: number): void {
    const { words, width } = this;
    const at = slot * width;
    for (let word = 4; word < width; word++) words[at + word] = WORDS[word]!;
  }

  hasAttributes(slot: number): boolean {
    const at = slot * this.width;
    return this.words[at + 4] === WORDS[4] && this.words[at + 5] === WORDS[5];
  }

  /** Without an identifier of its own a member is always listed under its key. */
  hasIdentifier(slot: number): boolean {
    if (this.width === NARROW) return true;
    const at = slot * this.width;
    return this.words[at + 6] === WORDS[6] && this.words[at + 7] === WORDS[7];
  }

  /** Where in `words` the identifier mark of a slot begins. */
  identifierAt(slot: number): number {
    return slot * this.width + (this.width === NARROW ? 0 : 6);
  }

  grow(): void {
    const { words, flags, width } = this;
    this.#allocate(flags.length * 2);
    this.size = 0;
    const kept = WORDS.slice();
    for (let slot = 0; slot < flags.length; slot++) {
      if (flags[slot] === 0) continue;
      for (let word = 0; word < width; word++) WORDS[word] = words[slot * width + word]!;
      this.fill(~this.find(), flags[slot]!);
    }
    WORDS.set(kept);
    this.#memory.giveMemoryBack(flags.length, this.#bytesPerSlot, words.buffer as ArrayBuffer);
  }

  /** Gives the memory up; the table is of no use afterwards. */
  close(): void {
    this.#memory.giveMemoryBack(this.capacity, this.#bytesPerSlot, this.words.buffer as ArrayBuffer);
  }

  #allocate(capacity: number): void {
    const memory = this.#memory.takeMemory(capacity, this.#bytesPerSlot);
    this.words = new Uint32Array(memory, 0, capacity * this.width);
    this.flags = new Uint8Array(memory, this.words.byteLength, capacity);
    this.flags.fill(0); // the words of a free slot mean nothing
  }
}
