import { Failure } from '../../contract/failure.ts';

/** The size of a batch in bytes. A line can make it larger. */
const BATCH = 256 * 1024;
const TAB = 9;
const NEWLINE = 10;
const BACKSLASH = 92;
const N = 78;

/** Collects the wanted columns of lines as batches in COPY's text format. The first column is the id. */
export class CopyLines {
  readonly #name: string;
  readonly #wanted: readonly number[];
  readonly #full: Buffer[] = [];
  #batch: Buffer = Buffer.alloc(0);
  #size = 0;

  constructor(name: string, wanted: readonly number[]) {
    this.#name = name;
    this.#wanted = wanted;
  }

  /**
   * Adds a line whose fields are already escaped.
   * @param bytes field `i` is at `[starts[i], ends[i])`
   * @param size of all fields in bytes
   * @param line its number, for errors
   */
  add(bytes: Buffer, starts: ArrayLike<number>, ends: ArrayLike<number>, size: number, line: number): void {
    const wanted = this.#wanted;
    const room = wanted.length * (size + 3);
    if (this.#size + room > this.#batch.length) this.#next(room);
    const batch = this.#batch;
    let to = this.#size;
    for (let column = 0; column < wanted.length; column++) {
      const index = wanted[column]!;
      const end = ends[index]!;
      let at = starts[index]!;
      if (at === end) {
        if (column === 0) throw new Failure('exportEmptyId', { file: this.#name, line });
        batch[to++] = BACKSLASH;
        batch[to++] = N;
      }
      while (at < end) batch[to++] = bytes[at++]!;
      batch[to++] = TAB;
    }
    batch[to - 1] = NEWLINE;
    this.#size = to;
  }

  /** Returns all batches. */
  batches(): Buffer[] {
    if (this.#size > 0) this.#full.push(this.#batch.subarray(0, this.#size));
    return this.#full;
  }

  #next(room: number): void {
    if (this.#size > 0) this.#full.push(this.#batch.subarray(0, this.#size));
    this.#batch = Buffer.allocUnsafeSlow(Math.max(BATCH, room));
    this.#size = 0;
  }
}
