import type { Links } from './links.ts';
import type { Statement } from './statement.ts';

/** `manifest` of a StatementResponse. */
export function manifestOf({ outcome, submission }: Statement): object {
  const { columns, chunks, totalRows, truncated } = outcome!;
  return {
    format: submission.format,
    schema: { column_count: columns.length, ...(columns.length > 0 && { columns }) },
    total_chunk_count: chunks.length,
    ...(chunks.length > 0 && {
      chunks: chunks.map((_, index) => chunkInfo(submission.disposition, outcome!, index)),
    }),
    total_row_count: totalRows,
    ...(submission.disposition === 'EXTERNAL_LINKS' && {
      total_byte_count: chunks.reduce((sum, { bytes }) => sum + bytes, 0),
    }),
    truncated,
  };
}

type Outcome = NonNullable<Statement['outcome']>;

function chunkInfo(disposition: string, { chunks }: Outcome, index: number): object {
  const { rows, offset, bytes } = chunks[index]!;
  return {
    chunk_index: index,
    row_offset: offset,
    row_count: rows,
    ...(disposition === 'EXTERNAL_LINKS' && { byte_count: bytes }), // "not available when using INLINE"
  };
}

/** The fields of a chunk, with where the next one is. */
export function chunkOf({ id, outcome, submission }: Statement, index: number): object {
  const next = index + 1;
  return {
    ...chunkInfo(submission.disposition, outcome!, index),
    ...(next < outcome!.chunks.length && {
      next_chunk_index: next,
      next_chunk_internal_link: `/api/2.0/sql/statements/${id}/result/chunks/${next}`,
    }),
  };
}

/** `result` with a link; each call signs a new one. */
export function linked(statement: Statement, index: number, links: Links, life: number): object {
  return { external_links: [{ ...chunkOf(statement, index), ...links.sign(statement.id, index, life) }] };
}

/** `statement_id` and `status`. */
export function headOf({ id, state, failure }: Statement): object {
  return { statement_id: id, status: { state, ...failure } };
}
