import { capacityFor, MAX_LOAD, PAGE, type Page, type TableMemory } from './slots.ts';

/** Slots of one process: 2^21 of them take about 52 MB (70 with identifiers), and hold the marks of 1.2 million members. */
export const SLOTS = 2 ** 21;

/** A little below, since chance gives some partitions more members than others. */
const LOAD = MAX_LOAD - 0.05;

/** Slots that the marks of so many members need, when each partition's share is rounded up. */
export function slotsFor(members: number, partitions = 64): number {
  return capacityFor(members / partitions / LOAD) * partitions;
}

/** Pages that are not in use, by their width: the collector would free them late. */
export class SlotMemory implements TableMemory {
  readonly #free = new Map<number, Page[]>();

  takePage(slots: number, width: number): Page {
    const page = slots === PAGE ? this.#free.get(width)?.pop() : undefined;
    page?.flags.fill(0); // the words of a free slot mean nothing
    if (page) return page;
    const memory = new ArrayBuffer(slots * (4 * width + 1));
    const words = new Uint32Array(memory, 0, slots * width);
    return { words, flags: new Uint8Array(memory, words.byteLength) };
  }

  givePageBack(page: Page): void {
    if (page.flags.length < PAGE) return;
    const width = page.words.length / PAGE;
    const free = this.#free.get(width);
    if (free) free.push(page);
    else this.#free.set(width, [page]);
  }

  /** Keeps as many for the next comparison as the budget has slots. */
  trim(budget: number): void {
    let room = Math.floor(budget / PAGE);
    for (const free of this.#free.values()) {
      free.length = Math.min(free.length, room);
      room -= free.length;
    }
  }
}

/**
 * The slots that all comparisons of a process share. A comparison waits for a first share, in the order in which they ask;
 * afterwards it takes more only when there is more, and otherwise puts what does not fit on disk.
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

  /** Resolves once so many slots are this comparison's. @throws the signal's reason when it is aborted meanwhile */
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

  /** @returns whether there were so many */
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

/** What one comparison has of the budget. */
export class SlotShare {
  readonly #budget: SlotBudget;
  #held: number;
  #used = 0;

  constructor(budget: SlotBudget, held: number) {
    this.#budget = budget;
    this.#held = held;
  }

  /** The comparison's own so far. */
  get slots(): number {
    return this.#held;
  }

  /** Takes slots into use. @returns false when there are none left */
  use(slots: number): boolean {
    const more = this.#used + slots - this.#held;
    if (more > 0) {
      if (!this.#budget.tryTake(more)) return false;
      this.#held += more;
    }
    this.#used += slots;
    return true;
  }

  /** Takes slots into use, whether there are any left or not: without a few nothing can be compared. */
  force(slots: number): void {
    this.#used += slots;
  }

  free(slots: number): void {
    this.#used -= slots;
  }

  /** Where the tables of this comparison have their pages from. */
  get memory(): TableMemory {
    return this.#budget.memory;
  }

  close(): void {
    this.#budget.memory.trim(this.#budget.total);
    this.#budget.giveBack(this.#held);
    this.#held = 0;
  }
}
