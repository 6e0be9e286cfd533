import { once } from 'node:events';
import { unescapeCopy } from '../../activation/values/copy.ts';
import { Failure } from '../../contract/failure.ts';
import { pickFolded } from '../columns.ts';
import { warehouseOf, type Lines, type Translator } from '../reading.ts';
import type { Answer, Warehouse } from '../source.ts';
import { singleStatement } from '../sql/semicolon.ts';
import { aliases, around, type Selection, type Statement } from '../sql/statements.ts';
import { JsonLines } from '../copy/json-lines.ts';
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

  async function describe(segment: Selection): Promise<RestColumn[]> {
    const described = await submit(around(dialect, 'select * from ', segment, ' limit 0'));
    const columns = await described.columns(ended.signal);
    running.delete(described);
    return columns;
  }

  /** Yields the lines of a statement in buffers of 64 kB or more, except for the last; returns the server's count. */
  async function* linesOf(statement: Running, columns: RestColumn[]): Lines {
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

  /** Returns the first column of a query's first row as a field of COPY; undefined if there is no row. */
  async function first(query: string, columns: RestColumn[], setting?: string): Promise<string | undefined> {
    const [column] = columns;
    if (!column) throw service.unreadable();
    const before = `with answer ${aliases(columns.length)} as (`;
    const own = singleStatement(query, dialect.tokens, setting);
    const text = `${before}${own}\n) select ${column.expression('c0')} from answer limit 1`;
    const lines = linesOf(await submit({ text, query: own, offset: before.length, setting }), [column]);
    let line = '';
    for await (const part of lines) line += part.toString();
    return line === '' ? undefined : line.slice(0, -1);
  }

  /** @param setting undefined for our own query for the clock */
  async function look(query: string, translator: Translator, setting?: string): Promise<Answer> {
    const columns = await describe({ query, setting }).catch(translator());
    const field = await first(query, columns, setting).catch(translator());
    const value = field === undefined ? null : unescapeCopy(field);
    return { found: field !== undefined, kind: columns[0]!.kind, value };
  }

  return warehouseOf({
    guarantees: service.guarantees,
    /** Once the read has ended, that is why work fails. */
    failures: (error): unknown => (ended.signal.aborted ? ended.signal.reason : service.failure(error)),
    look: ({ query, setting }, translator) => look(query, translator, setting),
    async clock(translator) {
      const { value } = await look(service.clock, translator);
      const milliseconds = Date.parse(`${value}`.replace(' ', 'T').replace(/\+00$/, 'Z'));
      if (Number.isNaN(milliseconds)) throw service.unreadable();
      return milliseconds;
    },
    async read({ segment, columns: requested }, translator) {
      const offered = (await describe(segment).catch(translator())).map((column) => ({
        ...column,
        reference: service.quoteColumn(column.name),
      }));
      const columns = pickFolded(requested, offered);
      const list = columns.map(({ reference, expression }) => expression(reference)).join(', ');
      const statement = around(dialect, `select ${list} from `, segment, '');
      const sent = await submit(statement).catch(translator());
      return { columns, statement, lines: linesOf(sent, columns) };
    },
    async close() {
      ended.abort(new Failure('segmentIncomplete', {}));
      await Promise.allSettled(submitted);
      await Promise.all([...running].map((statement) => statement.cancel()));
      await service.close();
    },
  });
}
