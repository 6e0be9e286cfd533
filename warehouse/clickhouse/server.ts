import { randomUUID } from 'node:crypto';
import { shortText } from '../http/answer.ts';
import { HttpConnection } from '../http/connection.ts';
import { statusFailure } from '../http/failures.ts';
import { authorizationOf, type HttpTarget } from '../http/target.ts';
import { readerName, type Reader } from '../source.ts';
import type { Timeouts } from '../timeouts.ts';
import { ServerError } from './failures.ts';
import { settingsOf } from './settings.ts';
import { killStatement, type Asked } from './statements.ts';

/** The body of an answer that has begun without an error. It may contain one. */
export interface Answer {
  body: AsyncIterable<Buffer>;
  /** Marks an error in the body (25.11 and newer). */
  tag?: string;
}

/** The server of one read: https://clickhouse.com/docs/interfaces/http */
export class ClickHouseServer {
  readonly #connection: HttpConnection;
  readonly #target: HttpTarget;
  readonly #headers: Record<string, string>;
  readonly #settings: Record<string, string>;
  readonly #timeouts: Timeouts;
  readonly #silence: number;
  #running: { id: string; abort: AbortController } | undefined;

  constructor(
    target: HttpTarget,
    { statementTimeout, reader, timeouts }: { statementTimeout: number; reader: Reader; timeouts: Timeouts },
  ) {
    this.#target = target;
    this.#timeouts = timeouts;
    this.#silence = statementTimeout + timeouts.beyond;
    this.#connection = new HttpConnection(target, timeouts);
    this.#settings = settingsOf({ own: target.parameters, reader, statementTimeout });
    const authorization = authorizationOf(target);
    this.#headers = {
      'user-agent': readerName(reader),
      'content-type': 'text/plain; charset=UTF-8',
      ...(authorization ? { authorization } : { 'x-clickhouse-user': target.user ?? 'default' }),
    };
  }

  /**
   * Sends a statement; the answer must be read to its end, then `done` called.
   * @throws ServerError, Failure for an answer of something else, or an error of the network
   */
  async ask({ text, format }: Asked): Promise<Answer> {
    const running = { id: randomUUID(), abort: new AbortController() };
    this.#running = running;
    const answer = await this.#post(text, {
      settings: { ...this.#settings, ...format, query_id: running.id },
      silence: this.#silence,
      signal: running.abort.signal,
    });
    const { status, headers, body } = answer;
    const code = headers['x-clickhouse-exception-code'];
    if (status === 200 && code === undefined) {
      const tag = headers['x-clickhouse-exception-tag'];
      return { body, tag: typeof tag === 'string' ? tag : undefined };
    }
    const words = await shortText(answer);
    this.done();
    throw (
      ServerError.from(words) ??
      (code === undefined
        ? statusFailure(answer, this.#target, 'the HTTP interface of ClickHouse')
        : new ServerError(Number(code), words))
    );
  }

  /** The statement has ended, so there is nothing to cancel. */
  done(): void {
    this.#running = undefined;
  }

  /**
   * Cancels the running statement: by closing its connection, and by KILL QUERY, because a proxy may keep its own
   * connection to the server. If that fails, the server cancels it at the statement timeout.
   */
  async cancel(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    running.abort.abort();
    const timeout = Math.min(this.#timeouts.short, this.#timeouts.beyond);
    try {
      const signal = AbortSignal.timeout(timeout);
      await shortText(
        await this.#post(killStatement(running.id), { settings: {}, silence: timeout, signal }),
      );
    } catch {
      return; // the closed connection remains
    }
  }

  /** Ends the connections; cancels a running statement. Never throws. */
  async close(): Promise<void> {
    await this.cancel();
    await this.#connection.close();
  }

  #post(
    statement: string,
    { settings, silence, signal }: { settings: Record<string, string>; silence: number; signal: AbortSignal },
  ) {
    const [database] = this.#target.path;
    const query = new URLSearchParams({ ...(database === undefined ? {} : { database }), ...settings });
    const url = `/?${query.toString()}`;
    return this.#connection.request({
      method: 'POST',
      url,
      headers: this.#headers,
      body: statement,
      signal,
      silence,
    });
  }
}
