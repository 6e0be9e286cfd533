import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { startEngine, type Engine } from '../duckdb-engine.ts';
import { TrinoError } from './errors.ts';
import { ShimQuery, type Part } from './query.ts';

/*
 * Trino's client protocol over DuckDB, written from its public document: https://trino.io/docs/current/develop/client-protocol.html.
 * Queries are in the dialect of DuckDB.
 */

export interface TrinoShim {
  port: number;
  engine: Engine;
  /** Heads of the statements that arrived. */
  seen: { headers: IncomingMessage['headers']; statement: string }[];
  /** The number of requests so far. */
  requests(): number;
  /** Statements that are running. */
  running(): number;
  /** Ends all connections and forgets all queries, like a coordinator that restarts. */
  cut(): void;
  manner: Manner;
  stop(): Promise<void>;
}

/** What differs in the behavior of servers. */
export interface Manner {
  /** Milliseconds after which a query is given up whose client asks for nothing. */
  clientTimeout: number;
  /** Added to the count of rows of the next query. */
  miscount: number;
  /** The status of the next requests, as of a gateway. */
  gateway: number[];
  /** `Retry-After` of the gateway, in seconds. */
  retryAfter?: number;
  /** The answers for the path of queries: forbidden, the page of a proxy, or figures that stay preliminary. */
  queries?: 'forbidden' | 'page' | 'preliminary';
  /** Queries begin with an answer without rows and columns. */
  beginsEmpty: boolean;
  /** The state in the last answer of the next query; FINISHED, unless set. */
  lastState?: string;
  /** The next answer with rows lacks this many bytes at its end. */
  withheld: number;
}

/** The address that a coordinator behind a proxy has for itself. */
const INTERNAL = 'https://coordinator.internal:8443';
/** URIs are opaque: a client must keep all of them. */
const SEARCH = '?of=shim';

/** Rows of tasks that failed. */
const REPEATED = 7;

interface Held {
  query: ShimQuery;
  slug: string;
  token: number;
  /** The answer to the last token, for a client that asks for it again. */
  last: string;
  /** Its figures were requested. */
  wasAsked: boolean;
  timer?: NodeJS.Timeout;
  limit?: NodeJS.Timeout;
}

export async function startTrino(login = { user: 'shop', password: 'hunter2' }): Promise<TrinoShim> {
  const engine = await startEngine([
    "create macro at_timezone(moment, zone) as strftime(timezone(zone, moment), '%Y-%m-%d %H:%M:%S.%f ') || zone",
    "create macro format(pattern, value) as coalesce(cast(value as varchar), 'null')",
    'create macro to_unixtime(moment) as epoch(moment)',
  ]);
  const queries = new Map<string, Held>();
  const sockets = new Set<Socket>();
  const seen: TrinoShim['seen'] = [];
  const manner: Manner = {
    clientTimeout: 300_000,
    miscount: 0,
    gateway: [],
    beginsEmpty: false,
    withheld: 0,
  };
  let count = 0;
  let requests = 0;

  function expect(held: Held): void {
    clearTimeout(held.timer);
    held.timer = setTimeout(
      () =>
        held.query.fail(
          new TrinoError('ABANDONED_QUERY', 'Query has not been accessed', 'INSUFFICIENT_RESOURCES'),
        ),
      manner.clientTimeout,
    ).unref();
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests += 1;
    const body = await text(request);
    const { pathname, search } = new URL(request.url!, 'http://shim');
    const status = manner.gateway.shift();
    if (status !== undefined) {
      if (manner.retryAfter !== undefined) response.setHeader('retry-after', manner.retryAfter);
      return send(response, status, 'busy');
    }
    const expected = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
    if (
      request.headers.authorization !== expected &&
      request.headers.authorization !== 'Bearer token-of-shop'
    )
      return send(response, 401, 'Unauthorized');
    if (request.method === 'POST' && pathname === '/v1/statement') return begin(request, response, body);
    const info = /^\/v1\/query\/([^/]+)$/.exec(pathname);
    if (info) return tell(response, info[1]!);
    const [, phase, id, slug, token] =
      /^\/v1\/statement\/(queued|executing)\/([^/]+)\/([^/]+)\/(\d+)$/.exec(pathname) ?? [];
    const held = queries.get(id ?? '');
    if (!held || held.slug !== slug || search !== SEARCH) return send(response, 404, 'Query not found');
    if (request.method === 'DELETE') {
      held.query.fail(new TrinoError('USER_CANCELED', 'Query was canceled'));
      return send(response, 204, '');
    }
    clearTimeout(held.timer); // a client that waits for an answer is not silent
    await advance(held, Number(token) + (phase === 'executing' ? 1 : 0), response);
    expect(held);
  }

  function begin({ headers }: IncomingMessage, response: ServerResponse, statement: string): void {
    seen.push({ headers, statement });
    const id = `20261126_000000_${String(++count).padStart(5, '0')}_shim0`;
    const slug = `y${randomBytes(20).toString('hex')}`;
    const held: Held = { query: new ShimQuery(id, statement), slug, token: 0, last: '', wasAsked: false };
    queries.set(id, held);
    const limit = /query_max_run_time=(\d+)ms/.exec(String(headers['x-trino-session']))?.[1];
    if (limit !== undefined) {
      const tooLong = new TrinoError(
        'EXCEEDED_TIME_LIMIT',
        `Query exceeded the maximum run time limit of ${limit}ms`,
        'INSUFFICIENT_RESOURCES',
      );
      held.limit = setTimeout(() => held.query.fail(tooLong), Math.min(Number(limit), 2 ** 31 - 1)).unref();
    }
    expect(held);
    send(response, 200, answerOf(held, { nextUri: uri(held, 'queued', 1) }));
  }

  /** The results of a token: the next ones, or those that were sent last. */
  async function advance(held: Held, token: number, response: ServerResponse): Promise<void> {
    if (token === held.token) return send(response, 200, held.last);
    if (token !== held.token + 1) return send(response, 410, 'Gone');
    if (token === 1) {
      held.token = 1;
      held.last = answerOf(held, { nextUri: uri(held, 'executing', 1) });
      return send(response, 200, held.last);
    }
    const part = token === 2 && manner.beginsEmpty ? { data: [] } : await held.query.next(engine);
    held.token = token;
    const isLast = part.error !== undefined || held.query.state === 'FINISHED';
    const state = isLast ? manner.lastState : undefined;
    if (isLast) manner.lastState = undefined;
    held.last = answerOf(held, part, isLast ? undefined : uri(held, 'executing', token), state);
    const withheld = part.data === undefined ? 0 : manner.withheld;
    if (withheld > 0) manner.withheld = 0;
    send(response, 200, Buffer.from(held.last).subarray(0, withheld > 0 ? -withheld : undefined));
  }

  const uri = ({ query, slug }: Held, phase: string, token: number) =>
    `${INTERNAL}/v1/statement/${phase}/${query.id}/${slug}/${token}${SEARCH}`;

  /** The figures are preliminary at first. Rows of tasks that failed and were repeated are counted, too. */
  function tell(response: ServerResponse, id: string): void {
    const held = queries.get(id);
    if (!held || manner.queries === 'forbidden') return send(response, held ? 403 : 410, '');
    if (manner.queries === 'page') return send(response, 200, '<html>Sign in</html>');
    const finalQueryInfo = held.wasAsked && manner.queries !== 'preliminary';
    held.wasAsked = true;
    const rows = finalQueryInfo ? held.query.rows + manner.miscount : 0;
    if (finalQueryInfo) manner.miscount = 0;
    const queryStats = { outputPositions: rows + REPEATED, failedOutputPositions: REPEATED };
    const info = { queryId: id, state: held.query.state, finalQueryInfo, queryStats };
    send(response, 200, JSON.stringify(info));
  }

  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    handle(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const { query } of queries.values())
      query.fail(new TrinoError('SERVER_SHUTTING_DOWN', 'Server is shutting down', 'INSUFFICIENT_RESOURCES'));
    queries.clear();
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    engine,
    seen,
    requests: () => requests,
    running: () => [...queries.values()].filter(({ query }) => query.isRunning).length,
    cut,
    manner,
    async stop() {
      cut();
      server.close();
      await once(server, 'close');
      engine.stop();
    },
  };
}

/** Rows are JSON already. */
function answerOf({ query }: Held, part: Part, nextUri?: string, state: string = query.state): string {
  const { data, ...rest } = part;
  const { id } = query;
  const answer = { id, infoUri: `http://127.0.0.1/ui/query.html?${id}`, nextUri, ...rest, stats: { state } };
  const json = JSON.stringify(answer);
  return Array.isArray(data) ? `{"data":[${data.join(',')}],${json.slice(1)}` : json;
}

function send(response: ServerResponse, status: number, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': status === 200 ? 'application/json' : 'text/plain' });
  response.end(body);
}
