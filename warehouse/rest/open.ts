import { once } from 'node:events';
import { unescapeCopy } from '../../activation/values/copy.ts';
import { Failure } from '../../contract/failure.ts';
import { pickFolded } from '../columns.ts';
import { segmentRead } from '../reading.ts';
import type { Answer, Question, SegmentRead, SegmentRequest, Warehouse } from '../source.ts';
import { singleStatement } from '../sql/semicolon.ts';
import { around, type Selection, type Statement } from '../sql/statements.ts';
import { JsonLines } from './json-lines.ts';
import type { RestColumn, RestService, Running } from './service.ts';

/**
 * A warehouse that is an HTTP service. Each statement has its own snapshot: the one that describes the segment, and the
 * one that reads it, which is sent by `read` so that later writes do not matter.
 */
export function openRest(service: RestService): Warehouse {
  const { dialect } = service;
  const ended = new AbortController();
  /** Statements that the server may still work on. */
  const running = new Set<Running>();
  const submitted = new Set<Promise<Running>>();
  let closing: Promise<void> | undefined;

  function close(): Promise<void> {
    closing ??= (async () => {
      ended.abort(new Failure('segmentIncomplete', {}));
      await Promise.allSettled(submitted);
      await Promise.all([...running].map((statement) => statement.cancel()));
      await service.close();
    })();
    return closing;
  }

  /** Sends a statement. When the read is canceled meanwhile, the answer is still awaited, to cancel the statement. */
  async function submit(statement: Statement): Promise<Running> {
    ended.signal.throwIfAborted();
    const accepted = service.submit(statement);
    submitted.add(accepted);
    accepted.then(
      (own) => running.add(own),
      () => undefined,
    );
    void accepted.finally(() => submitted.delete(accepted)).catch(() => undefined);
    return orEnded(accepted);
  }

  async function orEnded<T>(work: Promise<T>): Promise<T> {
    const over = new AbortController();
    const end = once(ended.signal, 'abort', { signal: over.signal }).then(() => {
      throw ended.signal.reason;
    });
    end.catch(() => undefined);
    try {
      return await Promise.race([work, end]);
    } finally {
      over.abort();
    }
  }

  /** Why work has ended: a cancellation, the end of the read, or what failed. */
  function reasonOf(error: unknown, signal: AbortSignal): unknown {
    const over = [signal, ended.signal].find(({ aborted }) => aborted);
    return over ? over.reason : service.failure(error);
  }

  /** Ends everything on cancellation, and gives its reason to whoever waits. */
  async function obeying<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const cancel = () => void close();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await work();
    } catch (error) {
      throw reasonOf(error, signal);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  async function describe(segment: Selection): Promise<RestColumn[]> {
    const described = await submit(around(dialect, 'select * from ', segment, ' limit 0'));
    const columns = await described.columns(ended.signal);
    running.delete(described);
    return columns;
  }

  /** Yields the lines of a statement in buffers of 64 kB or more, except for the last; returns the server's count. */
  async function* linesOf(statement: Running, columns: RestColumn[]): AsyncGenerator<Buffer, number> {
    const encoder = new JsonLines(
      columns.map(({ convert }) => convert),
      service.unreadable,
    );
    const counted = yield* statement.lines(encoder, ended.signal);
    if (counted !== encoder.lines) throw new Failure('segmentIncomplete', {});
    running.delete(statement);
    const last = encoder.take();
    if (last.length > 0) yield last;
    return counted;
  }

  /**
   * Returns the first column of a query's first row as a field of COPY; undefined if there is no row. The columns are
   * renamed, because an expression has no name that could be written again, and several columns can have the same one.
   */
  async function first(query: string, columns: RestColumn[], setting?: string): Promise<string | undefined> {
    const [column] = columns;
    if (!column) throw service.unreadable();
    const before = `with answer (${columns.map((_, at) => `c${at}`).join(', ')}) as (`;
    const own = singleStatement(query, dialect.tokens, setting);
    const text = `${before}${own}\n) select ${column.expression('c0')} from answer limit 1`;
    const lines = linesOf(await submit({ text, query: own, offset: before.length, setting }), [column]);
    let line = '';
    for await (const part of lines) line += part.toString();
    return line === '' ? undefined : line.slice(0, -1);
  }

  function look({ query, setting, signal }: Question): Promise<Answer> {
    return obeying(signal, async () => {
      const columns = await describe({ query, setting });
      const field = await first(query, columns, setting);
      const value = field === undefined ? null : unescapeCopy(field);
      return { found: field !== undefined, kind: columns[0]!.kind, value };
    });
  }

  function clock(signal: AbortSignal): Promise<number> {
    return obeying(signal, async () => {
      const now = await first(service.clock, await describe({ query: service.clock }));
      const milliseconds = Date.parse(`${now}`.replace(' ', 'T').replace(/\+00$/, 'Z'));
      if (Number.isNaN(milliseconds)) throw service.unreadable();
      return milliseconds;
    });
  }

  async function read({ segment, columns: requested, signal }: SegmentRequest): Promise<SegmentRead> {
    const { columns, statement } = await obeying(signal, async () => {
      const offered = (await describe(segment)).map((column) => ({
        ...column,
        reference: service.quoteColumn(column.name),
      }));
      const picked = pickFolded(requested, offered);
      const list = picked.map(({ reference, expression }) => expression(reference)).join(', ');
      const sent = await submit(around(dialect, `select ${list} from `, segment, ''));
      return { columns: picked, statement: sent };
    });
    const cancel = () => void close();
    signal.addEventListener('abort', cancel, { once: true });
    async function* batches(): AsyncGenerator<Buffer, number, undefined> {
      let isRead = false;
      try {
        signal.throwIfAborted();
        const counted = yield* linesOf(statement, columns);
        signal.throwIfAborted();
        isRead = true;
        return counted;
      } catch (error) {
        throw reasonOf(error, signal);
      } finally {
        signal.removeEventListener('abort', cancel);
        if (!isRead) await close(); // failed, or the consumer needs no more
      }
    }

    return segmentRead(columns, batches());
  }

  return { guarantees: service.guarantees, look, clock, read, close };
}
