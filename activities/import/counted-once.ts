/**
 * Counts distinct numbers from 1 on, with one bit for each. A shared import can have millions of rows in error, and
 * their keys would need 80 bytes each.
 */
export class CountedOnce {
  #bits = new Uint8Array(1_024);
  #count = 0;

  add(no: number): void {
    const place = no >>> 3;
    if (place >= this.#bits.length) {
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(place + 1)));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    const bit = 1 << (no & 7);
    if ((this.#bits[place]! & bit) !== 0) return;
    this.#bits[place]! |= bit;
    this.#count++;
  }

  get count(): number {
    return this.#count;
  }
}
