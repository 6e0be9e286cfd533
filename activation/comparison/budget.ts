/** Slots of one process: 2^21 of them take about 70 MB, and hold the marks of 1.4 million members. */
export const SLOTS = 2 ** 21;

/** Slots that the marks of so many members need, when each partition's share is rounded up. */
export function slotsFor(members: number, partitions = 64): number {
  let slots = 8;
  while (slots * 0.65 < members / partitions) slots *= 2;
  return slots * partitions;
}

/** Memory of tables from this size on, in slots, is used again; below, tables are small and many. */
const REUSED_FROM = 2 ** 8;
/** From this size on it is kept for the next comparison as well. */
const KEPT_FROM = 2 ** 15;

/**
 * Memory of mark tables that is not in use, by the size of the table. The collector would free it too late: what tables have
 * grown out of would add up to as much as they hold.
 */
class SlotMemory {
  readonly #pieces = new Map<string, { slots: number; memory: ArrayBuffer[] }>();

  take(slots: number, bytesPerSlot: number): ArrayBuffer {
    const piece = this.#pieces.get(`${slots} ${bytesPerSlot}`)?.memory.pop();
    return piece ?? new ArrayBuffer(slots * bytesPerSlot);
  }

  giveBack(slots: number, bytesPerSlot: number, memory: ArrayBuffer): void {
    if (slots < REUSED_FROM) return;
    const name = `${slots} ${bytesPerSlot}`;
    const found = this.#pieces.get(name);
    if (found) found.memory.push(memory);
    else this.#pieces.set(name, { slots, memory: [memory] });
  }

  /** Keeps as many large pieces as the budget has slots. */
  trim(budget: number): void {
    let kept = 0;
    for (const [name, { slots, memory }] of this.#pieces) {
      const many = slots < KEPT_FROM ? 0 : Math.max(0, Math.floor((budget - kept) / slots));
      memory.length = Math.min(memory.length, many);
      kept += memory.length * slots;
      if (memory.length === 0) this.#pieces.delete(name);
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

  /** Memory for a table of so many slots. */
  takeMemory(slots: number, bytesPerSlot: number): ArrayBuffer {
    return this.#budget.memory.take(slots, bytesPerSlot);
  }

  giveMemoryBack(slots: number, bytesPerSlot: number, memory: ArrayBuffer): void {
    this.#budget.memory.giveBack(slots, bytesPerSlot, memory);
  }

  close(): void {
    this.#budget.memory.trim(this.#budget.total);
    this.#budget.giveBack(this.#held);
    this.#held = 0;
  }
}
