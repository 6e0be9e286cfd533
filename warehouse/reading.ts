import type { Column } from '../activation/values/kinds.ts';
import { Failure } from '../contract/failure.ts';
import type { Answer, Guarantees, Question, SegmentRequest, Warehouse } from './source.ts';
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
 * Called at the start of a statement. What it returns throws an error as a Failure, or as the reason of the cancellation.
 */
export type Translator = (statement?: Statement) => (error: unknown) => never;

/** Whole lines; returns the rows as the server counts them. */
export type Lines = AsyncGenerator<Buffer, number, undefined>;

/** What a driver implements; {@link warehouseOf} adds what canceled and unfinished reads need. */
interface Driver {
  guarantees: Guarantees;
  failures: Failures;
  look: (question: Question, translator: Translator) => Promise<Answer>;
  clock: (translator: Translator) => Promise<number>;
  /** Returns the columns, and the lines that `statement` reads. */
  read: (
    request: SegmentRequest,
    translator: Translator,
  ) => Promise<{ columns: readonly Column[]; statement: Statement; lines: Lines; restrictedRows?: boolean }>;
  /** Called once. It also cancels the running statement on the server. */
  close: () => Promise<void>;
}

/** A warehouse that a cancellation closes, as does a read that does not reach its end. */
export function warehouseOf({ guarantees, failures, look, clock, read, ...driver }: Driver): Warehouse {
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= driver.close());

  /** Ends everything on cancellation, until `stop` is called. */
  function watch(signal: AbortSignal) {
    signal.throwIfAborted();
    const cancel = () => void close();
    signal.addEventListener('abort', cancel, { once: true });
    const translator: Translator = (statement) => {
      const started = performance.now();
      return (error) => {
        const elapsed = performance.now() - started;
        throw signal.aborted ? signal.reason : failures(error, { statement, elapsed });
      };
    };
    return { translator, stop: () => signal.removeEventListener('abort', cancel) };
  }

  async function ask<T>(signal: AbortSignal, work: (translator: Translator) => Promise<T>): Promise<T> {
    const { translator, stop } = watch(signal);
    try {
      const answer = await work(translator);
      signal.throwIfAborted(); // a canceled query can end like a complete one
      return answer;
    } finally {
      stop();
    }
  }

  return {
    guarantees,
    look: (question) => ask(question.signal, (translator) => look(question, translator)),
    clock: (signal) => ask(signal, clock),
    async read(request) {
      const { signal } = request;
      const { translator, stop } = watch(signal);
      const { columns, statement, lines, restrictedRows = false } = await read(request, translator);
      let rows: number | undefined;
      async function* batches(): AsyncGenerator<Buffer, void, undefined> {
        const translate = translator(statement);
        let isRead = false;
        try {
          signal.throwIfAborted();
          const counted = yield* lines;
          signal.throwIfAborted(); // as above
          isRead = true;
          rows = counted;
        } catch (error) {
          translate(error);
        } finally {
          stop();
          if (!isRead) await close(); // failed, or the consumer needs no more
        }
      }

      return {
        columns: columns.map(({ name, kind, databaseType }) => ({ name, kind, databaseType })),
        restrictedRows,
        batches: batches(),
        rows() {
          if (rows === undefined) throw new Failure('rowsNotCounted', {});
          return rows;
        },
      };
    },
    close,
  };
}
