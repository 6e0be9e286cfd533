import type { EnvReference } from '../activation/definition/common.ts';
import type { Column, ColumnKind } from '../activation/values/kinds.ts';

/** What to read: the segment, and the columns of every line in their order (a column may occur twice). */
export interface SegmentRequest {
  segment: { query?: string; table?: string };
  columns: string[];
  /** Aborted on cancellation; the query is then also canceled on the server. */
  signal: AbortSignal;
}

/** One consistent, read-only read of a segment. */
export interface SegmentRead {
  /** One per requested column, in that order. */
  columns: Column[];
  /** The warehouse hides rows by its own rules (row level security). */
  restrictedRows: boolean;
  /**
   * Whole lines of PostgreSQL's COPY text format (tab between columns, `\N` null, `\\ \t \n \r` escaped, each line
   * ended by a newline), in buffers of at least 64 kB except for the last. Ends normally only after the server has
   * reported completion; otherwise it throws a Failure. A buffer is valid until the next one is requested.
   */
  batches: AsyncIterable<Buffer>;
  /**
   * The rows as the server counts them, not those that were encoded, so that a comparison of both finds a read that
   * ended early. Only after `batches` ended.
   */
  rows(): number;
}

/** A query besides the segment. */
export interface Question {
  query: string;
  /** The setting with the query, such as `guards.freshness`; failures name it. */
  setting: string;
  signal: AbortSignal;
}

/** The first column of the query's first row. */
export interface Answer {
  /** False: the query returned no row. */
  found: boolean;
  kind: ColumnKind;
  /** Its kind is in kinds.ts; null if the value is null, or if there is no row. */
  value: string | null;
}

/** What a warehouse guarantees to a read; `doctor` and docs/warehouses.md say it. */
export interface Guarantees {
  /**
   * What is read in one state of the data: all statements of a read, guards included; each statement on its own; or
   * nothing, because other programs may replace files while they are read.
   */
  snapshot: 'transaction' | 'statement' | 'none';
  /**
   * What prevents a query from writing: the server, by a read-only session; or only that the query is a part of our
   * SELECT, so the login should have the right to read and no other.
   */
  readOnly: 'server' | 'wrapped';
  /** Which errors of a query say where they are in it, or in which line. */
  errorPosition: 'all' | 'syntax';
  /** Whether we have tried the driver against the real service, and not only against its public protocol. */
  tried: boolean;
}

/** Who reads, for the owner of the warehouse: no key, no name of a person. */
export interface Reader {
  /** The id of the activation. */
  activation: string;
  /** The number of the run; undefined outside of a run. */
  run?: string;
}

/** A source whose connection is a URL. */
export interface UrlSource {
  url: string;
  /** The environment variable with the URL. Errors contain its name, never its value. */
  variable: string;
  /** In milliseconds. */
  statementTimeout: number;
  reader: Reader;
}

/** The name of a reader in the list of sessions or queries of a warehouse. */
export function readerName({ activation, run }: Reader): string {
  return ['actito-sync', activation, ...(run === undefined ? [] : [`run ${run}`])].join(' ');
}

/**
 * Returns the value of the environment variable that a setting of a connection names, such as its `password`.
 * @throws Failure ConfigurationInvalid (it is not set)
 */
export type SecretOf = (setting: string, reference: EnvReference) => string;

/** A warehouse. Opened for one read, then closed. */
export interface Warehouse {
  readonly guarantees: Guarantees;
  /**
   * Runs a query in the same snapshot as the `read` that follows; reads at most one row.
   * @throws Failure SegmentQueryFailed, SourceUnavailable
   */
  look(question: Question): Promise<Answer>;
  /** Returns the milliseconds since 1970, by the warehouse's own clock. */
  clock(signal: AbortSignal): Promise<number>;
  /** @throws Failure SegmentQueryFailed, MappingInvalid (a column is missing), SourceUnavailable */
  read(request: SegmentRequest): Promise<SegmentRead>;
  /** Ends the connection; an unfinished read is canceled on the server. Never throws. */
  close(): Promise<void>;
}
