import type { Column, ColumnKind } from '../activation/values/kinds.ts';

/** What to read: the segment, and the columns of every line in their order (a column may be asked for twice). */
export interface SegmentRequest {
  segment: { query?: string; table?: string };
  columns: string[];
  /** Aborted on cancellation: the query is then cancelled on the server too. */
  signal: AbortSignal;
}

/** One consistent, read-only read of a segment, in progress. */
export interface SegmentRead {
  /** One per requested column, in that order. */
  columns: Column[];
  /** The warehouse hides rows from whoever reads, by rules of its own (row level security). */
  restrictedRows: boolean;
  /**
   * Whole lines of PostgreSQL's COPY text format (tab between columns, `\N` null, `\\ \t \n \r` escaped, each line
   * ended by a newline), in buffers of at least 64 kB but for the last. Ends normally only after the server's own
   * completion message; every other end throws a Failure. A buffer is valid until the next one is asked for.
   */
  batches: AsyncIterable<Buffer>;
  /** Rows as the server counted them; only after `batches` ended. */
  rows(): number;
}

/** Something to be known beside the segment. */
export interface Question {
  query: string;
  /** The setting that it is from, such as `guards.freshness`: a failure names it. */
  setting: string;
  signal: AbortSignal;
}

/** The first column of the query's first row. */
export interface Answer {
  /** False: the query returned no row. */
  found: boolean;
  kind: ColumnKind;
  /** As kinds.ts says; null: it is null, or there is no row. */
  value: string | null;
}

/** A warehouse. Opened for one read, then closed. */
export interface Warehouse {
  /**
   * Asks in the same snapshot as the `read` that follows; reads one row at most.
   * @throws Failure SegmentQueryFailed, SourceUnavailable
   */
  look(question: Question): Promise<Answer>;
  /** Milliseconds since 1970, by the warehouse's own clock. */
  clock(signal: AbortSignal): Promise<number>;
  /** @throws Failure SegmentQueryFailed, MappingInvalid (a column is missing), SourceUnavailable */
  read(request: SegmentRequest): Promise<SegmentRead>;
  /** Ends the connection; an unfinished read is cancelled on the server. Never throws. */
  close(): Promise<void>;
}
