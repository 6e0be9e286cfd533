/*
 * The marks of one partition: open addressing over typed arrays, without an object per member. All words of a slot are
 * adjacent, so a lookup touches one cache line. A table consists of pages, so it can have any size, and grows without
 * leaving unusable pieces behind.
 */

/** Flags of a member besides its marks. A slot without any flag is free. */
export const FLAG = {
  OCCUPIED: 1,
  /** It is in the segment. */
  SEEN: 2,
  /** It is not on the list. */
  UNLISTED: 4,
  /** It was missing from the segment before, and is in its grace period. */
  MISSING: 8,
  /** It was rejected or unmatched, and is due for a retry. */
  RETRY: 16,
  /** None of its attributes is confirmed, or all are in doubt. */
  DOUBT: 32,
  /** Rows of the segment contradict each other. */
  AMBIGUOUS: 64,
  /** Its grace period has ended. */
  OVER: 128,
  /** The profile directory has no profile with its key, or several. Then it is also unlisted. */
  WAITING: 256,
  /** The profile directory may know another profile of its key than before. */
  PROFILE: 512,
} as const;

/**
 * The marks of the current row: key (two halves), attributes, identifier. They are 64-bit numbers and, in the same
 * memory, 32-bit words with the lower one first, because reading a BigInt from an array would allocate.
 */
export const SIGHT = new BigUint64Array(4);
export const WORDS = new Uint32Array(SIGHT.buffer);

/** Words per slot: with its own identifier, or without one (then its mark is the first half of the key's). */
export const WIDE = 8;
export const NARROW = 6;

/** Above this share of occupied slots a table grows. */
export const MAX_LOAD = 0.65;

const PAGE_BITS = 10;
/** Slots of a page, 26 or 34 kB. A smaller table has one page of its own size. */
export const PAGE = 1 << PAGE_BITS;
const SMALLEST = 8;

/** The words of some slots, and the flags of each slot. */
export interface Page {
  words: Uint32Array;
  flags: Uint16Array;
}

/** The source of memory for tables: see SlotMemory. */
export interface TableMemory {
  /** Returns a page without flags, of {@link PAGE} slots or fewer. */
  takePage(slots: number, width: number): Page;
  givePageBack(page: Page): void;
}

/** Returns the smallest size of a table for this number of slots: a power of two up to a page, then whole pages. */
export function capacityFor(slots: number): number {
  if (slots > PAGE) return Math.ceil(slots / PAGE) * PAGE;
  return slots <= SMALLEST ? SMALLEST : 2 ** Math.ceil(Math.log2(slots));
}

/** Marks that are moved to a larger table. The array is reused, because V8 frees new ones late. */
let moving = new Uint32Array(0);

/**
 * A cursor points to a slot: {@link find} moves it, and everything else uses the slot at the cursor, whose words begin
 * at `at` of `words`.
 */
export class MarkTable {
  size = 0;
  capacity = 0;
  readonly pages: Page[] = [];
  readonly width: number;
  words!: Uint32Array;
  at = 0;
  #flags!: Uint16Array;
  #slot = 0;
  readonly #memory: TableMemory;
  /** Bits of the first word that choose a slot; fewer in tests, so that slots collide. */
  readonly #indexBits: number;

  constructor(memory: TableMemory, width: number, capacity: number, indexBits: number) {
    this.#memory = memory;
    this.width = width;
    this.#indexBits = indexBits;
    this.#extend(capacity);
  }

  get isFull(): boolean {
    return this.size + 1 > this.capacity * MAX_LOAD;
  }

  /** The number of additional slots when it grows. */
  get growth(): number {
    const { capacity } = this;
    return capacity < PAGE ? capacity : Math.max(PAGE, Math.floor(capacity / 4 / PAGE) * PAGE);
  }

  get flags(): number {
    return this.#flags[this.#slot]!;
  }

  set flags(flags: number) {
    this.#flags[this.#slot] = flags;
  }

  /** Moves to the slot of the key in {@link WORDS}. @returns false if it has none; then the cursor is at a free slot */
  find(): boolean {
    const { pages, width } = this;
    const [k0, k1, k2, k3] = [WORDS[0]!, WORDS[1]!, WORDS[2]!, WORDS[3]!];
    const first = this.#firstSlot(k0);
    let page = first >> PAGE_BITS;
    let slot = first & (PAGE - 1);
    for (; ; page = page + 1 === pages.length ? 0 : page + 1, slot = 0) {
      const { words, flags } = pages[page]!;
      for (let at = slot * width; slot < flags.length; slot++, at += width) {
        const isFree = flags[slot] === 0;
        if (
          !isFree &&
          (words[at] !== k0 || words[at + 1] !== k1 || words[at + 2] !== k2 || words[at + 3] !== k3)
        )
          continue;
        this.words = words;
        this.at = at;
        this.#flags = flags;
        this.#slot = slot;
        return !isFree;
      }
    }
  }

  /** Adds a slot for a new key, with the marks in {@link WORDS}. Does not compare keys. */
  add(flags: number): void {
    const { pages, width } = this;
    const first = this.#firstSlot(WORDS[0]!);
    let page = first >> PAGE_BITS;
    let slot = first & (PAGE - 1);
    for (; ; page = page + 1 === pages.length ? 0 : page + 1, slot = 0) {
      const { words, flags: taken } = pages[page]!;
      while (slot < taken.length && taken[slot] !== 0) slot++;
      if (slot === taken.length) continue;
      for (let word = 0, at = slot * width; word < width; word++, at++) words[at] = WORDS[word]!;
      taken[slot] = flags;
      this.size++;
      return;
    }
  }

  /** Fills the free slot with the marks in {@link WORDS}. */
  fill(flags: number): void {
    const { words, at, width } = this;
    for (let word = 0; word < width; word++) words[at + word] = WORDS[word]!;
    this.flags = flags;
    this.size++;
  }

  /** Stores the attribute and identifier marks in {@link WORDS} in the slot. */
  replaceMarks(): void {
    const { words, at, width } = this;
    for (let word = 4; word < width; word++) words[at + word] = WORDS[word]!;
  }

  hasAttributes(): boolean {
    const { words, at } = this;
    return words[at + 4] === WORDS[4] && words[at + 5] === WORDS[5];
  }

  /** Without its own identifier, a member is always listed with its key. */
  hasIdentifier(): boolean {
    const { words, at, width } = this;
    return width === NARROW || (words[at + 6] === WORDS[6] && words[at + 7] === WORDS[7]);
  }

  /** Sets the flag SEEN. */
  see(): void {
    this.flags |= FLAG.SEEN;
  }

  /** The identifier mark of the slot. */
  identifierPlace(): { words: Uint32Array; at: number } {
    return { words: this.words, at: this.at + this.identifierOffset };
  }

  /** Sets the identifier mark in {@link WORDS} to that of the slot. */
  copyIdentifier(): void {
    const { words, at } = this.identifierPlace();
    WORDS[6] = words[at]!;
    WORDS[7] = words[at + 1]!;
  }

  /** The offset of the identifier mark from the slot's first word. */
  get identifierOffset(): number {
    return this.width === NARROW ? 0 : 6;
  }

  grow(): void {
    const { size, width } = this;
    const record = width + 1;
    if (moving.length < size * record) moving = new Uint32Array(size * record);
    let filled = 0;
    for (const { words, flags } of this.pages) {
      for (let slot = 0, at = 0; slot < flags.length; slot++, at += width) {
        if (flags[slot] === 0) continue;
        for (let word = 0; word < width; word++) moving[filled++] = words[at + word]!;
        moving[filled++] = flags[slot]!;
      }
      flags.fill(0);
    }
    this.#extend(this.growth);
    this.size = 0;
    const kept = WORDS.slice();
    for (let from = 0; from < filled; from += record) {
      for (let word = 0; word < width; word++) WORDS[word] = moving[from + word]!;
      this.add(moving[from + width]!);
    }
    WORDS.set(kept);
  }

  /** Releases the memory. The table cannot be used afterwards. */
  close(): void {
    for (const page of this.pages.splice(0)) this.#memory.givePageBack(page);
  }

  #firstSlot(word: number): number {
    return ((((word & this.#indexBits) >>> 0) / 2 ** 32) * this.capacity) | 0;
  }

  #extend(more: number): void {
    const capacity = this.capacity + more;
    if (this.capacity < PAGE) this.close();
    const size = Math.min(capacity, PAGE);
    while (this.pages.length * size < capacity) this.pages.push(this.#memory.takePage(size, this.width));
    this.capacity = capacity;
  }
}
