import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../contract/failure.ts';
import { shortText, type HttpAnswer } from '../http/answer.ts';
import { HttpConnection, type HttpRequest } from '../http/connection.ts';
import { statusFailure } from '../http/failures.ts';
import { authorizationOf, type HttpTarget } from '../http/target.ts';
import { jsonOf } from '../json.ts';
import type { JsonLines } from '../copy/json-lines.ts';
import { readerName, type Reader } from '../source.ts';
import type { Timeouts } from '../timeouts.ts';
import { QueryError, type TrinoErrorInfo } from './failures.ts';

/** The parts of an answer that we use: https://trino.io/docs/current/develop/client-protocol.html#queryresults-attributes */
interface QueryResults {
  id: string;
  nextUri?: string;
  columns?: { name: string; type: string }[];
  data?: (string | null)[][];
  error?: TrinoErrorInfo;
  stats?: { state?: string };
}

/** What a statement of few rows says. */
interface Table {
  columns: { name: string; type: string }[];
  data: (string | null)[][];
}

type Asked = Pick<HttpRequest, 'method' | 'url' | 'body'>;

/** Bytes of a page that are encoded at a time. */
const PIECE = 64 * 1024;
const EXPECTED = 'JSON of the client protocol of Trino';
/** How long to wait for the final figures of a query that has ended: tries, and milliseconds between them. */
const FIGURES = { tries: 10, pause: 100 };

/** The coordinator of one read. It runs one statement at a time. */
export class Coordinator {
  readonly #connection: HttpConnection;
  readonly #target: HttpTarget;
  readonly #headers: Record<string, string>;
  readonly #timeouts: Timeouts & { heartbeat: number };
  #next: string | undefined;
  readonly #abort = new AbortController();

  constructor(
    target: HttpTarget,
    source: { statementTimeout: number; reader: Reader; timeouts: Timeouts & { heartbeat: number } },
  ) {
    this.#target = target;
    this.#timeouts = source.timeouts;
    this.#connection = new HttpConnection(target, source.timeouts);
    this.#headers = headersOf(target, source);
  }

  /**
   * Runs a statement of few rows.
   * @throws QueryError, Failure for an answer of something else, or an error of the network
   */
  async table(statement: string): Promise<Table> {
    let columns: Table['columns'] | undefined;
    const data: Table['data'] = [];
    const pages = this.#run(statement, async function* (body) {
      const results = jsonOf(body.toString()) as QueryResults | undefined;
      columns ??= results?.columns;
      yield* results?.data ?? []; // a page can be empty
      return results;
    });
    for await (const row of pages) data.push(row);
    return { columns: columns!, data };
  }

  /**
   * Runs a statement and yields its rows as lines, except for those that are left in the encoder.
   * @returns the id of the statement
   * @throws as {@link table}
   */
  lines(statement: string, encoder: JsonLines): AsyncGenerator<Buffer, string, undefined> {
    return this.#run(statement, async function* (body) {
      for (let at = 0; at < body.length; at += PIECE) yield* encoder.push(body.subarray(at, at + PIECE));
      return encoder.endDocument() as QueryResults;
    });
  }

  /** What to throw for an answer that is none of Trino. */
  unreadable(): Failure {
    const { variable: connection } = this.#target;
    return new Failure('sourceAnswerUnreadable', { connection, status: 200, expected: EXPECTED });
  }

  /**
   * Runs a statement until the coordinator has said that it is finished. While what was read of a page is used, the
   * coordinator is told that its client still lives.
   * @param read yields what is wanted of an answer, and returns the rest
   * @returns the id of the statement
   */
  async *#run<T>(
    statement: string,
    read: (body: Buffer) => AsyncGenerator<T, QueryResults | undefined, undefined>,
  ): AsyncGenerator<T, string, undefined> {
    let asked: Asked = { method: 'POST', url: '/v1/statement', body: statement };
    let hasColumns = false; // as a result has, also without rows
    while (true) {
      const body = await this.#page(asked);
      const stop = this.#keepAlive(asked);
      let results: QueryResults | undefined;
      try {
        results = yield* read(body);
      } finally {
        stop();
      }
      if (!results) throw this.unreadable();
      this.#next = pathOf(results.nextUri);
      hasColumns ||= results.columns !== undefined;
      if (results.error) throw this.#ended(new QueryError(results.error));
      if (this.#next === undefined) {
        if (results.stats?.state !== 'FINISHED' || !hasColumns) throw new Failure('segmentIncomplete', {});
        return results.id;
      }
      asked = { method: 'GET', url: this.#next };
    }
  }

  /**
   * Returns the rows of a finished statement as the coordinator counts them; undefined if it does not tell, because not
   * every user may see that.
   */
  async rowsOf(id: string): Promise<number | undefined> {
    for (let tries = 0; tries < FIGURES.tries; tries++) {
      const url = `/v1/query/${id}?pruned=true`;
      const { status, body } = await this.#ask({ method: 'GET', url });
      const answer = await buffer(body);
      const { finalQueryInfo, queryStats: stats }: Figures =
        (status === 200 && (jsonOf(answer.toString()) as Figures)) || {};
      if (finalQueryInfo !== false)
        return stats?.outputPositions === undefined
          ? undefined
          : stats.outputPositions - (stats.failedOutputPositions ?? 0);
      await sleep(FIGURES.pause);
    }
    return undefined;
  }

  /** Cancels the running statement. If that fails, the coordinator does it when its client asks for nothing more. */
  async cancel(): Promise<void> {
    this.#abort.abort();
    const url = this.#next;
    if (url === undefined) return;
    this.#next = undefined;
    const timeout = Math.min(this.#timeouts.short, this.#timeouts.beyond);
    try {
      const signal = AbortSignal.timeout(timeout);
      const headers = this.#headers;
      await shortText(
        await this.#connection.request({ method: 'DELETE', url, headers, silence: timeout, signal }),
      );
    } catch {
      return;
    }
  }

  /** Ends the connections; cancels a running statement. Never throws. */
  async close(): Promise<void> {
    await this.cancel();
    await this.#connection.close();
  }

  #ended(error: Error): Error {
    this.#next = undefined;
    return error;
  }

  async #page(asked: Asked): Promise<Buffer> {
    const answer = await this.#ask(asked);
    if (answer.status === 200) return buffer(answer.body);
    await shortText(answer);
    throw this.#ended(statusFailure(answer, this.#target, EXPECTED));
  }

  #ask(asked: Asked): Promise<HttpAnswer> {
    return this.#connection.requestWhileBusy({
      ...asked,
      headers: this.#headers,
      silence: this.#timeouts.short,
      signal: this.#abort.signal,
    });
  }

  /** Asks for the last answer again from time to time: it is kept until the next one is asked for. */
  #keepAlive({ method, url }: Asked): () => void {
    if (method === 'POST') return () => undefined;
    const again = async () => {
      try {
        const { body } = await this.#ask({ method: 'GET', url });
        for await (const piece of body) void piece;
      } catch {
        return; // the next request tells what is wrong
      }
    };
    const timer = setInterval(() => void again(), this.#timeouts.heartbeat);
    return () => clearInterval(timer);
  }
}

/** The figures of a query. An answer for the pages of the coordinator has none. */
interface Figures {
  finalQueryInfo?: boolean;
  queryStats?: { outputPositions?: number; failedOutputPositions?: number };
}

/** Only the path is used, so that no login goes to another server, and a proxy that ends TLS is no obstacle. */
function pathOf(nextUri: string | undefined): string | undefined {
  if (nextUri === undefined) return undefined;
  const { pathname, search } = new URL(nextUri);
  return pathname + search;
}

function headersOf(
  target: HttpTarget,
  { statementTimeout, reader }: { statementTimeout: number; reader: Reader },
): Record<string, string> {
  const { user, path, parameters } = target;
  const [catalog, schema] = path;
  const properties = { ...Object.fromEntries(parameters), query_max_run_time: `${statementTimeout}ms` };
  const session = Object.entries(properties).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const headers: Record<string, string | undefined> = {
    authorization: authorizationOf(target),
    'user-agent': 'actito-sync',
    'x-trino-user': user,
    'x-trino-catalog': catalog,
    'x-trino-schema': schema,
    'x-trino-source': readerName(reader),
    'x-trino-client-tags': 'actito-sync',
    'x-trino-client-capabilities': 'PARAMETRIC_DATETIME', // types with their precision
    'x-trino-time-zone': 'UTC',
    'x-trino-session': session.join(','),
  };
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
}
