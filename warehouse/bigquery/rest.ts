import { setTimeout as sleep } from 'node:timers/promises';
import { pipeline, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { shortText } from '../http/answer.ts';
import { jsonOf } from '../json.ts';
import { AnswerUnreadable, BigqueryError } from './failures.ts';
import type { TokenSource } from './credentials.ts';
import type { Timeouts } from './waits.ts';

/** How often a call is made that failed for a temporary reason. */
const TRIES = 4;
/** The longest pause that a server may ask for within a call, in milliseconds. */
const LONGEST_PAUSE = 30_000;
/** The bytes that are unzipped at once. */
const PIECE = 64 * 1024;

interface Call {
  method?: 'GET' | 'POST';
  /** Below the project, such as `jobs`. */
  path: string;
  parameters?: Record<string, string | number | undefined>;
  body?: object;
  /** Undefined for calls that no cancellation ends. */
  signal?: AbortSignal;
  /** The maximum milliseconds until the answer begins; default: `answer` of the time-outs. */
  silence?: number;
}

/** The connections of one read to BigQuery's REST API, directly or through the proxy that the environment names. */
export class Rest {
  readonly dispatcher: Dispatcher;
  readonly #timeouts: Timeouts;
  readonly #base: string;
  #tokens: TokenSource | undefined;

  /** @param url such as `https://bigquery.googleapis.com` */
  constructor(url: string, project: string, timeouts: Timeouts) {
    this.#base = `${url}/bigquery/v2/projects/${encodeURIComponent(project)}/`;
    this.#timeouts = timeouts;
    const connecting = { timeout: timeouts.connect };
    this.dispatcher = new EnvHttpProxyAgent({ connect: connecting, requestTls: connecting });
  }

  /** Tokens may come through the same connections. */
  login(tokens: TokenSource): void {
    this.#tokens = tokens;
  }

  /**
   * Returns an answer as JSON. Repeats the call after temporary errors, so it must be safe to repeat.
   * @throws BigqueryError, and what Node and undici report
   */
  async json<T>(call: Call): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        const answer = jsonOf((await buffer(await this.stream(call))).toString());
        if (answer === undefined) throw new AnswerUnreadable('JSON of BigQuery');
        return answer as T;
      } catch (error) {
        if (tries === TRIES || call.signal?.aborted || !isTemporary(error)) throw error;
        const asked = error instanceof BigqueryError ? error.retryAfter : undefined;
        if (asked !== undefined && asked > LONGEST_PAUSE) throw error;
        await sleep(asked ?? this.#timeouts.pause * 2 ** (tries - 1), undefined, { signal: call.signal });
      }
    }
  }

  /**
   * Returns the body of an answer. A token that is refused is replaced once.
   * @throws BigqueryError, and what Node and undici report
   */
  async stream(call: Call): Promise<Readable> {
    try {
      return await this.#once(call);
    } catch (error) {
      if (!(error instanceof BigqueryError && error.status === 401)) throw error;
      await this.#tokens!(true);
      return this.#once(call);
    }
  }

  async #once({ method = 'GET', path, parameters = {}, body, signal, silence }: Call): Promise<Readable> {
    const url = new URL(path, this.#base);
    url.searchParams.set('prettyPrint', 'false');
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const { token } = await this.#tokens!();
    const answer = await request(url, {
      dispatcher: this.dispatcher,
      method,
      headers: {
        authorization: `Bearer ${token}`,
        // both are needed: https://cloud.google.com/bigquery/docs/api-performance#gzip
        'accept-encoding': 'gzip',
        'user-agent': 'actito-sync (gzip)',
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
      headersTimeout: silence ?? this.#timeouts.answer,
      bodyTimeout: this.#timeouts.answer,
      signal,
    });
    const isZipped = answer.headers['content-encoding'] === 'gzip';
    // an error of either is the gunzip's, which the reader sees
    const plain = isZipped
      ? pipeline(answer.body, createGunzip({ chunkSize: PIECE }), () => undefined)
      : answer.body;
    if (answer.statusCode === 200) return plain;
    throw await errorOf(answer.statusCode, answer.headers['retry-after'], plain);
  }

  /** Ends all connections, also in the middle of an answer. */
  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }
}

function isTemporary(error: unknown): boolean {
  if (error instanceof BigqueryError) return error.isTemporary;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(E[A-Z]+|UND_ERR_(SOCKET|CONNECT_TIMEOUT))$/.test(code);
}

interface ErrorAnswer {
  error?: { message?: string; errors?: { reason?: string }[] };
}

async function errorOf(status: number, header: unknown, body: Readable): Promise<BigqueryError> {
  const words = await shortText({ body });
  const seconds = typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : undefined;
  const retryAfter = seconds === undefined ? undefined : seconds * 1000;
  const { error } = (jsonOf(words) ?? {}) as ErrorAnswer;
  const reason = error?.errors?.[0]?.reason;
  const isKnown = typeof reason === 'string' && /^[A-Za-z]{1,40}$/.test(reason);
  return new BigqueryError({
    status,
    reason: isKnown ? reason : undefined,
    words: error?.message ?? words,
    retryAfter,
  });
}
