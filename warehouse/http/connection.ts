import { EnvHttpProxyAgent } from 'undici';
import { Receiver, type HttpAnswer } from './answer.ts';
import type { HttpTarget } from './target.ts';

/** The maximum waits, in milliseconds. */
export interface Timeouts {
  /** For a connection. */
  connect: number;
  /** For an answer without work, such as the end of a query. */
  short: number;
  /** The time after the statement timeout within which a running server would have answered. */
  beyond: number;
}
export const TIMEOUTS: Timeouts = { connect: 10_000, short: 30_000, beyond: 10_000 };

export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE' | 'HEAD';
  /** Path and query, or a whole URL of the same server. */
  url: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
  /** The maximum milliseconds until the answer begins, and between two of its pieces. A paused reader is not counted. */
  silence: number;
}

/** The connections of one read to a server, directly or through the proxy that the environment names. */
export class HttpConnection {
  readonly #origin: string;
  readonly #agent: EnvHttpProxyAgent;

  constructor({ origin, tls }: HttpTarget, { connect }: Timeouts) {
    this.#origin = origin;
    const connecting = { ...tls, timeout: connect } as { timeout: number };
    this.#agent = new EnvHttpProxyAgent({ connect: connecting, requestTls: connecting });
  }

  /** Rejects with what Node and undici report; a redirect is an answer. */
  request({ method, url, headers, body, signal, silence }: HttpRequest): Promise<HttpAnswer> {
    const { origin, pathname, search } = new URL(url, this.#origin);
    const receiver = new Receiver(signal);
    this.#agent.dispatch(
      {
        origin,
        path: pathname + search,
        method,
        headers,
        body,
        headersTimeout: silence,
        bodyTimeout: silence,
      },
      receiver,
    );
    return receiver.answer;
  }

  /** Ends all connections, also in the middle of an answer. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** The most of an error's text that is read, in bytes. */
const MOST = 64 * 1024;

/** Reads the text of an answer that should be short; what is longer is cut. */
export async function shortText(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    pieces.push(piece);
    if ((size += piece.length) > MOST) break;
  }
  return Buffer.concat(pieces).subarray(0, MOST).toString();
}
