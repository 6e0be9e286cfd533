import { valueColumns } from '../../activation/comparison/delta-lines.ts';
import { chunkRowsSql, type Chunk } from './chunks.ts';
import type { Run } from '../runs/runs.ts';
import type { SharedParts } from './shared-parts.ts';
import { sharedRowsSql } from './shared-rows.ts';
import { withRows } from '../copy.ts';
import type { State } from '../state.ts';

/** An import file takes in each batch before it asks for the next. */
const REUSE = { reuse: true };

/** Hands `use` the members of a chunk with their values as lines of COPY text, in no order. */
export async function withChunkRows<T>(
  state: State,
  run: Run,
  chunk: Chunk,
  use: (batches: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  const values = valueColumns(run.definition.activation.attributes.length).map((column) => `, d.${column}`);
  return withRows(state, `select d.key ${values.join('')} from ${chunkRowsSql(run, chunk)}`, use, REUSE);
}

/** The same for the members of a shared import that this run leads. */
export async function withSharedRows<T>(
  state: State,
  run: Run,
  parts: SharedParts,
  use: (batches: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  return withRows(state, await sharedRowsSql(state, run, parts), use, REUSE);
}
