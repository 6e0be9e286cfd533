import { pipeline } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { Failure } from '../../contract/failure.ts';
import { shortText, type HttpAnswer } from '../http/answer.ts';
import { isBusy } from '../http/busy.ts';
import { HttpConnection, type RepeatableRequest } from '../http/connection.ts';
import { networkFailure, statusFailure } from '../http/failures.ts';
import { jsonOf } from '../json.ts';
import { TIMEOUTS, type Timeouts } from '../timeouts.ts';
import type { JsonLines } from '../copy/json-lines.ts';

/** A service may think longer about an answer than a server of one's own. */
const REST_TIMEOUTS: Timeouts = { ...TIMEOUTS, short: 60_000 };

/** The unpacked bytes at a time. */
const UNPACKED = 128 * 1024;

/** The connections of one read to a warehouse that is an HTTP service. */
export class RestClient {
  /** The name of the service in messages, which is its host. */
  readonly host: string;
  readonly timeouts: Timeouts;
  readonly #connection: HttpConnection;

  /** @param origin another address of the service, for tests */
  constructor(host: string, { origin, timeouts = REST_TIMEOUTS }: { origin?: string; timeouts?: Timeouts }) {
    this.host = host;
    this.timeouts = timeouts;
    this.#connection = new HttpConnection({ origin: origin ?? `https://${host}` }, timeouts);
  }

  /**
   * Sends a call; again after a pause if the service is too busy for it.
   * @throws Failure SourceUnavailable (it stays too busy); what Node and undici report, for {@link failure}
   */
  async send(call: Omit<RepeatableRequest, 'silence'>): Promise<HttpAnswer> {
    const answer = await this.#connection.requestWhileBusy({
      ...call,
      headers: { 'accept-encoding': 'gzip', ...call.headers },
      silence: this.timeouts.short,
    });
    if (isBusy(answer) && !call.accepts?.includes(answer.status)) {
      await shortText(answer); // what a refusal says does not matter
      throw statusFailure(answer, { host: this.host }, 'an answer');
    }
    return {
      ...answer,
      body: answer.headers['content-encoding'] === 'gzip' ? unpacked(answer) : answer.body,
    };
  }

  /** Reads the whole body of an answer as JSON; undefined if it is none, because a gateway or a proxy has answered. */
  async json({ body }: HttpAnswer): Promise<unknown> {
    return jsonOf((await buffer(body)).toString());
  }

  /** Yields the rows of an answer as lines, except for those that are left in the encoder; returns what else is in it. */
  async *rows({ body }: HttpAnswer, encoder: JsonLines): AsyncGenerator<Buffer, unknown, undefined> {
    for await (const part of body) yield* encoder.push(part);
    return encoder.endDocument();
  }

  unreadable(status: number, expected: string): Failure {
    return new Failure('sourceAnswerUnreadable', { connection: this.host, status, expected });
  }

  /** Converts what Node and undici report about a connection; other errors stay. */
  failure(error: unknown): unknown {
    return networkFailure(error, { host: this.host });
  }

  /** Ends all connections, also those in use. */
  async close(): Promise<void> {
    await this.#connection.close();
  }
}

async function* unpacked({ body }: HttpAnswer): AsyncGenerator<Buffer, void, undefined> {
  const gunzip = createGunzip({ chunkSize: UNPACKED });
  pipeline(body, gunzip, () => undefined); // its reader gets the error
  yield* gunzip as AsyncIterable<Buffer>;
}
