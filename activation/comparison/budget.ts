/** Slots of one process: 2^21 of them take about 70 MB, and hold the marks of 1.4 million members. */
export const SLOTS = 2 ** 21;

/** Slots that the marks of so many members need, when each partition's share is rounded up. */
export function slotsFor(members: number, partitions = 64): number {
  let slots = 8;
  while (slots * 0.65 < members / partitions) slots *= 2;
  return slots * partitions;
}

/** Memory of tables from this size on is kept for the next comparison: the collector would free it too late. */
const KEPT_FROM = 2 ** 15;

/** Memory of mark tables that is not in use. Every piece is as long as some table; its content is what was there before. */
class SlotMemory {
  readonly #pieces = new Map<number, ArrayBuffer[]>();
  readonly #limit: number;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  take(bytes: number): ArrayBuffer {
    const piece = this.#pieces.get(bytes)?.pop();
    if (!piece) return new ArrayBuffer(bytes);
    this.#bytes -= bytes;
    return piece;
  }

  giveBack(piece: ArrayBuffer): void {
    if (this.#bytes + piece.byteLength > this.#limit) return;
    this.#bytes += piece.byteLength;
    const pieces = this.#pieces.get(piece.byteLength);
    if (pieces) pieces.push(piece);
    else this.#pieces.set(piece.byteLength, [piece]);
  }
}

/**
 * The slots that all comparisons of a process share. A comparison waits for a first share, in the order in which they ask;
 * afterwards it takes more only when there is more, and otherwise puts what does not fit on disk.
 */
export class SlotBudget {
  readonly total: number;
  readonly memory: SlotMemory;
  #free: number;
  readonly #waiting: { slots: number; start: () => void }[] = [];

  constructor(total = SLOTS) {
    this.total = total;
    this.memory = new SlotMemory(total * 25);
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

  /** Memory for a table of so many slots. */
  takeMemory(slots: number, bytesPerSlot: number): ArrayBuffer {
    return this.#budget.memory.take(slots * bytesPerSlot);
  }

  giveMemoryBack(slots: number, memory: ArrayBuffer): void {
    if (slots >= KEPT_FROM) this.#budget.memory.giveBack(memory);
  }

  close(): void {
    this.#budget.giveBack(this.#held);
    this.#held = 0;
  }
}
