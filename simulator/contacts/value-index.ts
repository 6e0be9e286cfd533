const NONE = 0;
const REMOVED = -1;
const FEWEST = 1024;

/**
 * Finds a profile id by its value, with a hash table of numbers. The column stores the values. For a million values, a
 * Map needs almost twice the memory, and more than twice the time for a lookup.
 */
export class ValueIndex {
  readonly #hasValue: (id: number, value: string) => boolean;
  /** Alternating hashes and profile ids; the number of slots is a power of two. */
  #slots = new Int32Array(2 * FEWEST);
  #used = 0;
  #removed = 0;

  /** @param hasValue whether the profile currently has this value. */
  constructor(hasValue: (id: number, value: string) => boolean) {
    this.#hasValue = hasValue;
  }

  find(value: string): number | undefined {
    const slot = this.#slotOf(value);
    return slot < 0 ? undefined : this.#slots[slot + 1];
  }

  /** Adds a value that no other profile has. */
  add(value: string, id: number): void {
    if (4 * (this.#used + 1) > this.#slots.length) this.#resize();
    put(this.#slots, hashOf(value), id);
    this.#used += 1;
  }

  /** Removes a value, which its profile must still have. */
  remove(value: string): void {
    const slot = this.#slotOf(value);
    if (slot < 0) return;
    this.#slots[slot + 1] = REMOVED; // not emptied, so that entries after it are still found
    this.#removed += 1;
  }

  #slotOf(value: string): number {
    const slots = this.#slots;
    const hash = hashOf(value);
    for (let slot = firstSlot(slots, hash); slots[slot + 1] !== NONE; slot = nextSlot(slots, slot)) {
      const id = slots[slot + 1]!;
      if (slots[slot] === hash && id !== REMOVED && this.#hasValue(id, value)) return slot;
    }
    return -1;
  }

  #resize(): void {
    const before = this.#slots;
    this.#used -= this.#removed;
    this.#removed = 0;
    let size = FEWEST;
    while (size < 4 * this.#used) size *= 2;
    this.#slots = new Int32Array(2 * size);
    for (let slot = 0; slot < before.length; slot += 2) {
      if (before[slot + 1]! > NONE) put(this.#slots, before[slot]!, before[slot + 1]!);
    }
  }
}

function put(slots: Int32Array, hash: number, id: number): void {
  let slot = firstSlot(slots, hash);
  while (slots[slot + 1] !== NONE) slot = nextSlot(slots, slot);
  slots[slot] = hash;
  slots[slot + 1] = id;
}

function firstSlot(slots: Int32Array, hash: number): number {
  return (2 * hash) & (slots.length - 1);
}

function nextSlot(slots: Int32Array, slot: number): number {
  return (slot + 2) & (slots.length - 1);
}

/** FNV-1a of the characters, mixed so that similar values spread over the table. */
function hashOf(value: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < value.length; i += 1) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
