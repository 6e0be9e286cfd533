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

/** Returns a function that does its work once, at the first call; every call returns the promise of that one. */
export function onlyOnce(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}

/**
 * Ends everything on cancellation, by `close`, which also cancels the statement on the server. Call `stop` when there
 * is nothing to cancel any more; `batches` calls it at its end.
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
  const stop = () => signal.removeEventListener('abort', cancel);
  /** Yields the lines that a statement reads, and returns their count; closes everything unless it reaches their end. */
  async function* batches(statement: Statement, lines: AsyncGenerator<Buffer, number, undefined>) {
    const translate = translator(statement);
    let isRead = false;
    try {
      signal.throwIfAborted();
      const rows = yield* lines;
      signal.throwIfAborted(); // a canceled query can end like a complete one
      isRead = true;
      return rows;
    } catch (error) {
      return translate(error);
    } finally {
      stop();
      if (!isRead) await close(); // failed, or the consumer needs no more
    }
  }

  return { translator, batches, stop };
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
