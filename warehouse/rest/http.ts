import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { pipeline, type Readable } from 'node:stream';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { tlsFaultOf } from '../../contract/certificates.ts';
import { Failure } from '../../contract/failure.ts';
import { codeOf } from '../../contract/foreign.ts';

/** The longest waits, in milliseconds: for a connection, for the head of an answer, for its next bytes. */
export interface Waits {
  connect: number;
  answer: number;
  bytes: number;
}
export const WAITS: Waits = { connect: 10_000, answer: 60_000, bytes: 60_000 };

export interface Call {
  method: 'GET' | 'POST';
  /** An address, or a path of the service. */
  url: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
  /** What an attempt after the first one adds to the query of the address. */
  again?: string;
  /** Statuses that are an answer to this call, so that it is not tried again. */
  accepts?: number[];
}

/** An answer with any status but those that are tried again. */
export interface Answer {
  status: number;
  /** Parts of the body, unpacked. It must be read or destroyed. */
  body: Readable;
}

/** Statuses of a service that did not process the call, and asks to repeat it. */
const PASSING = [429, 502, 503, 504];
const ATTEMPTS = 5;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 60_000;
const CHUNK = 128 * 1024;

/** A client of a warehouse that is an HTTP service. All calls go through the proxy of the environment, if it has one. */
export class HttpClient {
  readonly #origin: string;
  readonly #connection: string;
  readonly #dispatcher: Dispatcher;

  /** @param connection the name of the service in messages, which is its host */
  constructor({ origin, connection, waits = WAITS }: { origin: string; connection: string; waits?: Waits }) {
    this.#origin = origin;
    this.#connection = connection;
    this.#dispatcher = new EnvHttpProxyAgent({
      connect: { timeout: waits.connect },
      headersTimeout: waits.answer,
      bodyTimeout: waits.bytes,
    });
  }

  /**
   * Sends a call; again after a pause if the service was too busy for it.
   * @throws Failure SourceUnavailable, ConfigurationInvalid (TLS); the reason of the signal
   */
  async send(call: Call): Promise<Answer> {
    const { method, headers = {}, body = null, signal, again, accepts = [] } = call;
    for (let attempt = 1; ; attempt++) {
      const url = new URL(attempt > 1 && again !== undefined ? call.url + again : call.url, this.#origin);
      const answer = await request(url, {
        dispatcher: this.#dispatcher,
        method,
        headers: { 'accept-encoding': 'gzip', ...headers },
        body,
        signal,
      }).catch((error: unknown) => {
        throw this.failure(error, signal);
      });
      const { statusCode: status } = answer;
      if (!PASSING.includes(status) || accepts.includes(status)) return { status, body: unpacked(answer) };
      await answer.body.dump().catch(() => undefined); // what a refusal says does not matter
      const pause = pauseFor(answer.headers['retry-after'], attempt);
      if (attempt === ATTEMPTS) {
        const facts = { connection: this.#connection, code: `HTTP ${status}` };
        throw new Failure('sourceBrokeOff', facts, { retryAfter: pause });
      }
      await sleep(pause, undefined, { signal }).catch((error: unknown) => {
        throw this.failure(error, signal);
      });
    }
  }

  /**
   * Reads the whole body of an answer as JSON.
   * @param expected what the answer should have been, for the failure
   * @throws Failure SourceUnavailable
   */
  async json(answer: Answer, expected: string, signal?: AbortSignal): Promise<unknown> {
    const parsed = await this.refusal(answer, signal);
    if (parsed === undefined) throw this.unreadable(answer.status, expected);
    return parsed;
  }

  /**
   * Reads the whole body of a refusal as JSON; undefined if it is none, because a gateway or a proxy has refused the call.
   * @throws Failure SourceUnavailable
   */
  async refusal({ body }: Answer, signal?: AbortSignal): Promise<unknown> {
    const parts: Buffer[] = [];
    try {
      for await (const part of body) parts.push(part as Buffer);
    } catch (error) {
      throw this.failure(error, signal);
    }
    try {
      return JSON.parse(Buffer.concat(parts).toString()) as unknown;
    } catch {
      return undefined;
    }
  }

  unreadable(status: number, expected: string): Failure {
    return new Failure('sourceAnswerUnreadable', { connection: this.#connection, status, expected });
  }

  /** Returns the failure for an error of the network; for a canceled call, the reason of its signal. */
  failure(error: unknown, signal?: AbortSignal): unknown {
    if (signal?.aborted) return signal.reason;
    if (error instanceof Failure || error instanceof TypeError) return error;
    const code = codeOf(error);
    const fault = tlsFaultOf(code);
    if (fault) return new Failure('sourceTlsRefused', { connection: this.#connection, fault, code });
    if (code.startsWith('Z_')) return new Failure('sourceBrokeOff', { connection: this.#connection, code });
    return new Failure('sourceUnreachable', { connection: this.#connection, code });
  }

  /** Ends all connections, also those in use. */
  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }
}

function unpacked({ headers, body }: Dispatcher.ResponseData): Readable {
  if (headers['content-encoding'] !== 'gzip') return body;
  const gunzip = createGunzip({ chunkSize: CHUNK });
  pipeline(body, gunzip, () => undefined); // its reader gets the error
  return gunzip;
}

/** Retry-After in seconds or as a date, otherwise a pause that doubles, with a random part. */
function pauseFor(retryAfter: string | string[] | undefined, attempt: number): number {
  const text = String(retryAfter ?? '');
  const asked = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  const own = FIRST_PAUSE * 2 ** (attempt - 1) * (0.5 + Math.random());
  return Math.min(Number.isNaN(asked) ? own : Math.max(asked, 0), LONGEST_PAUSE);
}
