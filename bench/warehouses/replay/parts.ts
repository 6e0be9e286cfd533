/** A part of a result: a partition, a chunk, a page. */
export interface Part<T> {
  rows: number;
  content: T;
}

/**
 * The parts of a result: of `most` rows each, the last one of what is left. All parts begin with the customer 1, so that
 * those of one size are made once, and any number of rows fits into memory.
 */
export function partsOf<T>(rows: number, most: number, make: (rows: number) => T): Part<T>[] {
  const made = new Map<number, Part<T>>();
  return Array.from({ length: Math.ceil(rows / most) }, (_, index) => {
    const count = Math.min(most, rows - index * most);
    const part = made.get(count) ?? { rows: count, content: make(count) };
    made.set(count, part);
    return part;
  });
}
