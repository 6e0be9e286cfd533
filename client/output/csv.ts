import { csvLine } from '../../contract/clean.ts';

type Cell = string | number | Date | null;

/** CSV with a header line, a line for each item: for people and their spreadsheets, so that no cell is a formula. */
export async function* csvOf<T>(
  batches: AsyncIterable<readonly T[]>,
  columns: Record<string, (item: T) => Cell>,
): AsyncGenerator<string> {
  yield csvLine(Object.keys(columns));
  const cells = Object.values(columns);
  for await (const batch of batches) {
    if (batch.length > 0) yield batch.map((item) => csvLine(cells.map((cell) => shown(cell(item))))).join('');
  }
}

/** A moment as ISO 8601 in UTC, to the second. */
function shown(cell: Cell): string | number | null {
  return cell instanceof Date ? `${cell.toISOString().slice(0, 19)}Z` : cell;
}
