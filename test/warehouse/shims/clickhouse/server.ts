import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { startEngine, type Engine } from '../duckdb-engine.ts';
import { ClickHouseError, errorOf } from './errors.ts';
import { answer, type Answer } from './answers.ts';
import { SETTINGS } from './settings.ts';

/*
 * The HTTP interface of ClickHouse over DuckDB, written from its public documents: https://clickhouse.com/docs/interfaces/http.
 * Queries are in the dialect of DuckDB; the texts of values, the errors and the endings of a body are ClickHouse's.
 */

/** A request as it arrived. */
export interface Seen {
  headers: IncomingMessage['headers'];
  settings: Record<string, string>;
  statement: string;
}

export interface ClickHouseShim {
  port: number;
  engine: Engine;
  seen: Seen[];
  /** Statements that are running. */
  running(): number;
  /** Ends all connections at once. */
  cut(): void;
  /** What differs in the behavior of servers. */
  manner: Manner;
  stop(): Promise<void>;
}

export interface Manner {
  /**
   * How an error after the first rows ends the body: in a block with a tag and without the end of the chunks (25.11 and
   * newer), or as plain text in a body that ends like a complete one.
   */
  errors: 'tagged' | 'plain';
  /** Seconds within which a client must read on, if it sets no `http_send_timeout`. */
  sendTimeout: number;
  /** Added to the count of rows of the next answer. */
  miscount: number;
  /** Ends a body in good order before its last bytes: this many. */
  withheld: number;
  /** Settings that this server does not know. */
  unknown: string[];
  /** `readonly` of the user's profile. */
  readonly: 0 | 1 | 2;
  /** KILL QUERY is not granted. */
  refusesKill: boolean;
  /** Accepts requests and answers nothing. */
  isMute: boolean;
}

interface Running {
  cancel(error: ClickHouseError): void;
}

export async function startClickHouse(
  login = { user: 'shop', password: 'hunter2' },
  tls?: { cert: string; key: string },
): Promise<ClickHouseShim> {
  const engine = await startEngine([
    'create macro now64(digits) as now()',
    'create macro toUnixTimestamp64Milli(moment) as epoch_ms(moment)',
  ]);
  const queries = new Map<string, Running>();
  const sockets = new Set<Socket>();
  const seen: Seen[] = [];
  const manner: Manner = {
    errors: 'tagged',
    sendTimeout: 30,
    miscount: 0,
    withheld: 0,
    unknown: [],
    readonly: 0,
    refusesKill: false,
    isMute: false,
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const settings = Object.fromEntries(new URL(request.url!, 'http://shim').searchParams);
    const statement = await text(request);
    seen.push({ headers: request.headers, settings, statement });
    if (manner.isMute) return;
    const tag = randomBytes(8).toString('hex');
    const headers: Record<string, string> = {
      'content-type': 'text/tab-separated-values; charset=UTF-8',
      'x-clickhouse-server-display-name': 'shim',
      'x-clickhouse-query-id': settings.query_id ?? randomUUID(),
    };
    if (manner.errors === 'tagged') headers['x-clickhouse-exception-tag'] = tag;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    try {
      checkLogin(request, login);
      checkSettings(settings, manner);
      const killed = /^kill query where query_id = '([^']+)'/i.exec(statement)?.[1];
      if (killed !== undefined) {
        if (manner.refusesKill) throw new ClickHouseError(497, 'ACCESS_DENIED', 'Not enough privileges');
        queries.get(killed)?.cancel(new ClickHouseError(394, 'QUERY_WAS_CANCELLED', 'Query was cancelled'));
        response.end();
        return;
      }
      if (await engine.isSeveral(statement).catch(() => false))
        throw new ClickHouseError(62, 'SYNTAX_ERROR', 'Syntax error (Multi-statements are not allowed)');
      if (Number(settings.readonly ?? manner.readonly) > 0 && !/^\s*(select|with)\b/i.test(statement))
        throw new ClickHouseError(164, 'READONLY', 'Cannot execute query in readonly mode');
      await run({ statement, settings, response, tag });
    } catch (error) {
      fail(response, errorOf(error, statement), tag);
    }
  }

  async function run(asked: Answer): Promise<void> {
    const { settings, response } = asked;
    const query = await engine.open();
    const id = settings.query_id ?? randomUUID();
    let canceled: ClickHouseError | undefined;
    const waking: (() => void)[] = [];
    const cancel = (error: ClickHouseError) => {
      canceled ??= error;
      query.interrupt();
      for (const wake of waking) wake();
    };
    const limit = Number(settings.max_execution_time ?? 0);
    const tooLong = new ClickHouseError(
      159,
      'TIMEOUT_EXCEEDED',
      `Timeout exceeded: maximum: ${limit * 1000} ms`,
    );
    const timer =
      limit > 0 ? setTimeout(() => cancel(tooLong), Math.min(limit * 1000, 2 ** 31 - 1)) : undefined;
    response.on('close', () => {
      if (settings.cancel_http_readonly_queries_on_client_close === '1')
        cancel(new ClickHouseError(394, 'QUERY_WAS_CANCELLED', 'The client closed the connection'));
    });
    queries.set(id, { cancel });
    try {
      // a function of ClickHouse that waits, here until it is canceled
      if (asked.statement.includes('sleepEachRow') && !/limit 0$/.test(asked.statement.trim()))
        await new Promise<void>((resolve) => (canceled ? resolve() : waking.push(resolve)));
      if (canceled) throw canceled;
      await answer(query, asked, manner);
    } catch (error) {
      throw canceled ?? error;
    } finally {
      clearTimeout(timer);
      queries.delete(id);
      query.close();
    }
  }

  /** Before the first byte an error has a status; after it, it is a part of the body. */
  function fail(response: ServerResponse, error: ClickHouseError, tag: string): void {
    if (response.destroyed) return;
    if (!response.headersSent) {
      response.writeHead(error.status, { 'x-clickhouse-exception-code': String(error.code) });
      response.end(`${error.text}\n`);
    } else if (manner.errors === 'plain') response.end(`${error.text}\n`);
    else {
      const message = error.text;
      const block = `\r\n__exception__\r\n${tag}\r\n${message}\n${Buffer.byteLength(message)} ${tag}\r\n__exception__\r\n`;
      response.write(block, () => response.socket?.destroySoon()); // without the last chunk
    }
  }

  const listener: RequestListener = (request, response) => {
    response.on('error', () => undefined);
    handle(request, response).catch(() => response.destroy());
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    engine,
    seen,
    running: () => queries.size,
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

function checkLogin(
  { headers }: IncomingMessage,
  { user, password }: { user: string; password: string },
): void {
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const isKey = headers['x-clickhouse-user'] === user && headers['x-clickhouse-key'] === password;
  if (headers.authorization !== expected && !isKey)
    throw new ClickHouseError(
      516,
      'AUTHENTICATION_FAILED',
      'Authentication failed: password is incorrect, or there is no user with such name',
    );
}

function checkSettings(settings: Record<string, string>, { unknown, readonly }: Manner): void {
  for (const name of Object.keys(settings)) {
    if (['database', 'query_id', 'default_format'].includes(name)) continue;
    if (!SETTINGS.includes(name) || unknown.includes(name))
      throw new ClickHouseError(
        115,
        'UNKNOWN_SETTING',
        `Setting ${name} is neither a builtin setting nor started with the prefix`,
      );
    const isFree = readonly === 0 || (readonly === 2 && (name !== 'readonly' || settings.readonly === '2'));
    if (!isFree)
      throw new ClickHouseError(164, 'READONLY', `Cannot modify '${name}' setting in readonly mode`);
  }
}
