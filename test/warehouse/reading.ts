import type { Column } from '../../activation/values/kinds.ts';
import type { Reader, SegmentRequest, Warehouse } from '../../warehouse/source.ts';

/** Who reads in tests. */
export const READER: Reader = { activation: 'vip', run: '7' };

export interface WholeRead {
  columns: Column[];
  /** Fields as COPY writes them, still escaped. */
  lines: string[][];
  /** Size of each batch, in bytes. */
  batches: number[];
  rows: number;
  restrictedRows: boolean;
}

/** Reads a segment to its end, and closes the warehouse whatever happens. */
export async function readAll(
  warehouse: Warehouse,
  segment: SegmentRequest['segment'] | string,
  columns: string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<WholeRead> {
  try {
    const query = typeof segment === 'string' ? { query: segment } : segment;
    const read = await warehouse.read({ segment: query, columns, signal });
    const chunks: string[] = [];
    const batches: number[] = [];
    for await (const batch of read.batches) {
      if (batch.at(-1) !== 10) throw new Error('A batch does not end with a newline.');
      batches.push(batch.length);
      chunks.push(batch.toString());
    }
    const lines = chunks.join('').split('\n').slice(0, -1);
    return {
      columns: read.columns,
      lines: lines.map((line) => line.split('\t')),
      batches,
      rows: read.rows(),
      restrictedRows: read.restrictedRows,
    };
  } finally {
    await warehouse.close();
  }
}
