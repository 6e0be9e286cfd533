import type { Column } from '../activation/values/kinds.ts';
import { Failure } from '../contract/failure.ts';
import type { SegmentRead } from './source.ts';
import type { Statement } from './sql/statements.ts';

/** What was happening when an error occurred. */
export interface During {
  /** The running statement, for the position of an error. */
  statement?: Statement;
  /** The elapsed milliseconds. */
  elapsed?: number;
}

/** Converts errors of a database and the network into failures of contract/failure.ts; no other function does. */
export type Failures = (error: unknown, during?: During) => unknown;

/**
 * Ends everything on cancellation, by `close`, which also cancels the statement on the server. Call `stop` when there
 * is nothing to cancel any more.
 */
export function watch(signal: AbortSignal, close: () => Promise<void>, failures: Failures) {
  signal.throwIfAborted();
  const cancel = () => void close();
  signal.addEventListener('abort', cancel, { once: true });
  /** Call it at the start of a statement. It converts an error into a Failure, or into the reason of the cancellation. */
  const translator = (statement?: Statement) => {
    const started = performance.now();
    return (error: unknown): never => {
      const elapsed = performance.now() - started;
      throw signal.aborted ? signal.reason : failures(error, { statement, elapsed });
    };
  };
  return { translator, stop: () => signal.removeEventListener('abort', cancel) };
}

/**
 * A read whose count is known when its batches have ended normally, and not before.
 * @param batches returns the rows as the server counts them
 */
export function segmentRead(
  columns: readonly Column[],
  batches: AsyncGenerator<Buffer, number, undefined>,
  restrictedRows = false,
): SegmentRead {
  let rows: number | undefined;
  async function* counted(): AsyncGenerator<Buffer, void, undefined> {
    rows = yield* batches;
  }
  return {
    columns: columns.map(({ name, kind, databaseType }) => ({ name, kind, databaseType })),
    restrictedRows,
    batches: counted(),
    rows() {
      if (rows === undefined) throw new Failure('rowsNotCounted', {});
      return rows;
    },
  };
}
