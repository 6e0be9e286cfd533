import { EnvHttpProxyAgent } from 'undici';
import type { Timeouts } from '../timeouts.ts';
import { Receiver, type HttpAnswer } from './answer.ts';
import { whileBusy } from './busy.ts';
import type { HttpTarget } from './target.ts';

/** In milliseconds. */
const CONNECT_TIMEOUT = 10_000;

export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE' | 'HEAD';
  /** Path and query, or a whole URL, also of another server. */
  url: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
  /** The maximum milliseconds until the answer begins, and between two of its pieces. A paused reader is not counted. */
  silence: number;
}

/** A request that may be sent again. */
export interface RepeatableRequest extends HttpRequest {
  /** What an attempt after the first one adds to the URL. */
  again?: string;
  /** Statuses that are an answer to this request, although others of their kind are tried again. */
  accepts?: number[];
}

/** The connections of one read to a server, directly or through the proxy that the environment names. */
export class HttpConnection {
  readonly #origin: string;
  readonly #agent: EnvHttpProxyAgent;
  readonly #short: number;

  constructor(
    { origin, tls }: Pick<HttpTarget, 'origin' | 'tls'>,
    { connect = CONNECT_TIMEOUT, short }: Timeouts,
  ) {
    this.#origin = origin;
    this.#short = short;
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

  /** Like {@link request}; again while the server, or a gateway before it, has no time for the request. */
  requestWhileBusy({ again = '', accepts, ...request }: RepeatableRequest): Promise<HttpAnswer> {
    const { url, signal } = request;
    const ask = (attempt: number) => this.request({ ...request, url: attempt > 1 ? url + again : url });
    return whileBusy(ask, { limit: this.#short, signal, accepts });
  }

  /** Ends all connections, also in the middle of an answer. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
