import { capacityFor, MAX_LOAD, PAGE, type Page, type TableMemory } from './slots.ts';

/**
 * Slots of one process: 2^21 of them take about 55 MB (71 with identifiers), and contain the marks of 1.2 million
 * members.
 */
const SLOTS = 2 ** 21;

/** A little lower, because some partitions have more members than others by chance. */
const LOAD = MAX_LOAD - 0.05;

/** Returns the slots for the marks of this number of members, with each partition's share rounded up. */
export function slotsFor(members: number, partitions = 64): number {
  return capacityFor(members / partitions / LOAD) * partitions;
}

const bytesOf = (slots: number, width: number) => slots * (4 * width + 2);

/** The memory of unused pages, by its size. It is reused, because V8 frees it late. */
export class SlotMemory implements TableMemory {
  readonly #free = new Map<number, ArrayBuffer[]>();

  takePage(slots: number, width: number): Page {
    const unused = slots === PAGE ? this.#takeUnused(bytesOf(PAGE, width)) : undefined;
    const memory = unused ?? new ArrayBuffer(bytesOf(slots, width));
    const words = new Uint32Array(memory, 0, slots * width);
    const flags = new Uint16Array(memory, words.byteLength, slots);
    if (unused) flags.fill(0); // the words of a free slot have no meaning
    return { words, flags };
  }

  givePageBack({ words, flags }: Page): void {
    if (flags.length < PAGE) return;
    const memory = words.buffer as ArrayBuffer;
    const free = this.#free.get(memory.byteLength);
    if (free) free.push(memory);
    else this.#free.set(memory.byteLength, [memory]);
  }

  /** Keeps as many pages for the next comparison as the budget has slots. */
  trim(budget: number): void {
    let room = Math.floor(budget / PAGE);
    for (const free of this.#free.values()) {
      free.length = Math.min(free.length, room);
      room -= free.length;
    }
  }

  /** Smaller memory is dropped, so that the pages of lists with and without identifiers do not add up. */
  #takeUnused(bytes: number): ArrayBuffer | undefined {
    for (const [size, free] of this.#free) {
      const memory = free.pop();
      if (memory && size >= bytes) return memory;
    }
    return undefined;
  }
}

/**
 * The slots that all comparisons of a process share. A comparison waits for a first share, in the order of requests.
 * Afterwards it takes more only if there are more, and otherwise moves partitions to disk.
 */
export class SlotBudget {
  readonly total: number;
  readonly memory = new SlotMemory();
  #free: number;
  readonly #waiting: { slots: number; start: () => void }[] = [];

  constructor(total = SLOTS) {
    this.total = total;
    this.#free = total;
  }

  /** Resolves once this comparison has its slots. @throws the signal's reason if it is aborted meanwhile */
  async open(wanted: number, signal?: AbortSignal): Promise<SlotShare> {
    const slots = Math.min(wanted, this.total);
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const entry = { slots, start: resolve };
      this.#waiting.push(entry);
      signal?.addEventListener(
        'abort',
        () => {
          const place = this.#waiting.indexOf(entry);
          if (place < 0) return; // it has its share
          this.#waiting.splice(place, 1);
          reject(signal.reason as Error);
          this.#serve();
        },
        { once: true },
      );
      this.#serve();
    });
    return new SlotShare(this, slots);
  }

  /** @returns whether there were enough */
  tryTake(slots: number): boolean {
    if (slots > this.#free || this.#waiting.length > 0) return false;
    this.#free -= slots;
    return true;
  }

  giveBack(slots: number): void {
    this.#free += slots;
    this.#serve();
  }

  #serve(): void {
    for (let first = this.#waiting[0]; first && first.slots <= this.#free; first = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= first.slots;
      first.start();
    }
  }
}

/** One comparison's part of the budget. */
export class SlotShare {
  readonly #budget: SlotBudget;
  #held: number;
  #used = 0;

  constructor(budget: SlotBudget, held: number) {
    this.#budget = budget;
    this.#held = held;
  }

  /** The number of slots of this comparison. */
  get slots(): number {
    return this.#held;
  }

  /** Takes slots into use. @returns false if there are none left */
  use(slots: number): boolean {
    const more = this.#used + slots - this.#held;
    if (more > 0) {
      if (!this.#budget.tryTake(more)) return false;
      this.#held += more;
    }
    this.#used += slots;
    return true;
  }

  /** Takes slots into use even if there are none left, because nothing can be compared without a few. */
  force(slots: number): void {
    this.#used += slots;
  }

  free(slots: number): void {
    this.#used -= slots;
  }

  /** The source of pages for the tables of this comparison. */
  get memory(): TableMemory {
    return this.#budget.memory;
  }

  close(): void {
    this.#budget.memory.trim(this.#budget.total);
    this.#budget.giveBack(this.#held);
    this.#held = 0;
  }
}
