/*
 * The marks of one partition: open addressing over typed arrays, no object per member. All words of a slot lie side by
 * side, so a look-up touches one line of the processor's cache. A table consists of pages, so that it can be of any size, and
 * grows without leaving pieces behind that fit nothing else.
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

/** Words per slot: with an identifier of its own, or without one (then its mark is the first half of the key's). */
export const WIDE = 8;
export const NARROW = 6;

/** Above this share of occupied slots a table grows. */
export const MAX_LOAD = 0.65;

const PAGE_BITS = 10;
/** Slots of a page, 25 or 33 kB. A smaller table has one page of its own size. */
export const PAGE = 1 << PAGE_BITS;
const SMALLEST = 8;

/** The words of some slots, and the flags of each. */
export interface Page {
  words: Uint32Array;
  flags: Uint8Array;
}

/** Where tables have their memory from: see SlotMemory. */
export interface TableMemory {
  /** A page without a flag, of {@link PAGE} slots or fewer. */
  takePage(slots: number, width: number): Page;
  givePageBack(page: Page): void;
}

/** The smallest size of a table with so many slots: a power of two up to a page, then whole pages. */
export function capacityFor(slots: number): number {
  if (slots > PAGE) return Math.ceil(slots / PAGE) * PAGE;
  return slots <= SMALLEST ? SMALLEST : 2 ** Math.ceil(Math.log2(slots));
}

/** Marks on their way from a table to the larger one; used again and again, since what is allocated there is freed late. */
let moving = new Uint32Array(0);

/**
 * Slots are reached by a cursor: {@link find} moves it, and everything else is about the slot where it stands, whose words
 * begin at `at` of `words`.
 */
export class MarkTable {
  size = 0;
  capacity = 0;
  readonly pages: Page[] = [];
  readonly width: number;
  words!: Uint32Array;
  at = 0;
  #flags!: Uint8Array;
  #slot = 0;
  readonly #memory: TableMemory;
  /** Which bits of the first word choose a slot; fewer in tests, so that slots collide. */
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

  /** How many slots it gets when it grows. */
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

  /** Moves to the slot of the key in {@link WORDS}. @returns false when it has none: then to the free slot that it can have */
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

  /** Gives a key that it does not have a slot, with the marks in {@link WORDS}: looks at no other key. */
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

  /** Lets the slot hold the attribute and identifier marks in {@link WORDS}. */
  replaceMarks(): void {
    const { words, at, width } = this;
    for (let word = 4; word < width; word++) words[at + word] = WORDS[word]!;
  }

  hasAttributes(): boolean {
    const { words, at } = this;
    return words[at + 4] === WORDS[4] && words[at + 5] === WORDS[5];
  }

  /** Without an identifier of its own a member is always listed under its key. */
  hasIdentifier(): boolean {
    const { words, at, width } = this;
    return width === NARROW || (words[at + 6] === WORDS[6] && words[at + 7] === WORDS[7]);
  }

  /** Where the identifier mark of a slot lies, from the slot's first word. */
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

  /** Gives the memory up; the table is of no use afterwards. */
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
