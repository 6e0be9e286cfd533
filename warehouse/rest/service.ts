import type { Column } from '../../activation/values/kinds.ts';
import type { Lines } from '../reading.ts';
import type { Guarantees } from '../source.ts';
import type { Dialect, Statement } from '../sql/statements.ts';
import type { Conversion } from '../copy/conversions.ts';
import type { JsonLines } from '../copy/json-lines.ts';

/** A column of a segment as a service describes it. */
export interface RestColumn extends Column {
  /** The expression that selects the value as a text, for a reference to the column. */
  expression: (reference: string) => string;
  /** What makes the text that arrives the one of kinds.ts; undefined if it is. */
  convert?: Conversion;
}

/** A statement on the server. */
export interface Running {
  /**
   * Waits until the statement is done, then yields its rows as lines, except for those that are left in the encoder.
   * @returns the number of rows that the service counts
   * @throws Failure, or what {@link RestService.failure} converts
   */
  lines(encoder: JsonLines, signal: AbortSignal): Lines;
  /** Waits until the statement is done, and returns its columns. */
  columns(signal: AbortSignal): Promise<RestColumn[]>;
  /** Asks the server to end the statement. Never throws. */
  cancel(): Promise<void>;
}

/** What differs between the warehouses that are HTTP services. */
export interface RestService {
  guarantees: Guarantees;
  dialect: Dialect;
  /** Quotes the name of a column as the service told it. */
  quoteColumn: (name: string) => string;
  /** A query with one row and column: the current time, as timestamptz. */
  clock: string;
  /**
   * Sends a statement and returns when the server has accepted it.
   * @throws Failure, or what {@link failure} converts
   */
  submit(statement: Statement): Promise<Running>;
  /** What to throw for a document that has not the form of rows. */
  unreadable: () => Error;
  /** Converts what Node and undici report about a connection; other errors stay. */
  failure: (error: unknown) => unknown;
  /** Ends all connections. */
  close(): Promise<void>;
}
