import { fetch, type RequestInit, type Response } from 'undici';
import type { z } from 'zod';
import { Failure, isFailure } from '../../contract/failure.ts';
import { fieldNames } from '../../contract/field-names.ts';
import type { Route } from '../../activation/definition/contract.ts';
import { isAssumed, path, tokenBody, type Paths } from '../contract.ts';
import { OwnContent } from '../own-content.ts';
import { bytesOf, isPage, readAnswer, readJson, upload, type Answer } from './body.ts';
import { dateOf } from './date.ts';
import { failureOfError, failureOfResponse, NotFound, TokenRejected } from './failures.ts';
import { proxySettings, wayOut, type WayOut } from './proxy.ts';
import { forgetToken, renewToken, tokenFor } from './tokens.ts';

/**
 * Timeouts in milliseconds: of a call, of a call that sends or fetches a file, and without any byte of a file or
 * answer.
 */
const TIMEOUTS = { answer: 60_000, file: 15 * 60_000, silence: 60_000 };

export interface ActitoOptions {
  baseUrl: string;
  apiKey: string;
  /** The routes of this license that differ from our assumptions. */
  paths?: Paths;
  /** Runs a call while holding one of the license's slots, which all workers share. */
  withSlot: <T>(call: () => Promise<T>) => Promise<T>;
  /** Aborted on cancellation. */
  signal: AbortSignal;
  /** The environment with the proxy settings. */
  env?: NodeJS.ProcessEnv;
  /** Shorter timeouts for tests. */
  timeouts?: Partial<typeof TIMEOUTS>;
}

export interface Request {
  method?: 'GET' | 'POST' | 'PUT';
  route: Route;
  parts?: Record<string, string>;
  json?: unknown;
  /** Makes a new body with its headers for each attempt; for files. */
  stream?: () => { headers: Record<string, string>; body: AsyncIterable<Uint8Array> };
}

/** Actito's API: authentication, slots, timeouts and failures. The routes are in the contract. */
export class ActitoClient {
  readonly #options: ActitoOptions;
  readonly #timeouts: typeof TIMEOUTS;
  readonly #way: WayOut;
  #answeredAt: Date | null = null;

  /** @throws Failure ConfigurationInvalid if the environment names an unusable proxy */
  constructor(options: ActitoOptions) {
    this.#options = options;
    this.#timeouts = { ...TIMEOUTS, ...options.timeouts };
    this.#way = wayOut(proxySettings(options.env ?? {}), this.#timeouts);
  }

  /** The proxy of the calls, without its credentials; undefined if there is none. */
  get proxy(): string | undefined {
    return this.#way.proxyOf(this.#options.baseUrl);
  }

  /** When Actito last answered this client, by Actito's clock; null if its answers have no usable Date header. */
  get answeredAt(): Date | null {
    return this.#answeredAt;
  }

  /** Sends a request and checks the shape of the answer. @throws Failure Actito… */
  async call<T extends z.ZodType>(request: Request, shape: T): Promise<z.infer<T>> {
    return this.#exchange(request, this.#timeouts.answer, async (response) => {
      const body = await readJson(response, name(request));
      const parsed = shape.safeParse(body);
      if (parsed.success) return parsed.data;
      const fields = parsed.error.issues.map((issue) => issue.path.join('.'));
      throw new Failure('answerNotAsAssumed', { call: name(request), fields, seen: fieldNames(body) });
    });
  }

  /** Sends a request and returns the answer, whatever it contains. @throws Failure Actito… if it is not 2xx */
  async read(request: Request): Promise<Answer> {
    return this.#exchange(request, this.#timeouts.answer, (response) => readAnswer(response, name(request)));
  }

  /**
   * Requests a new token, because an older one does not show whether the API key is still accepted. @throws Failure
   * Actito…
   */
  async renewToken(): Promise<void> {
    await renewToken(this.#tokenKey, () => this.#fetchToken());
  }

  /** Sends a request and gives `use` the body of the answer as a stream. The slot is held until `use` is done. */
  async download<T>(request: Request, use: (body: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T> {
    return this.#exchange(request, this.#timeouts.file, (response) => {
      if (!response.body) throw new Failure('answerEmpty', { call: name(request) });
      if (isPage(response, '')) throw new Failure('answerIsPage', { call: name(request) });
      return use(bytesOf(response.body));
    });
  }

  /** One call. If the token is no longer accepted, it is repeated once with a new one. */
  async #exchange<T>(request: Request, timeout: number, use: (response: Response) => Promise<T>): Promise<T> {
    const limit = request.stream ? this.#timeouts.file : timeout;
    const token = await this.#token();
    try {
      return await this.#send(request, token, limit, use);
    } catch (error) {
      if (!(error instanceof TokenRejected)) throw error;
      await forgetToken(this.#tokenKey, token);
      return await this.#send(request, await this.#token(), limit, use);
    }
  }

  async #send<T>(
    request: Request,
    token: string,
    timeout: number,
    use: (response: Response) => Promise<T>,
  ): Promise<T> {
    const { method = 'GET', route, parts, json } = request;
    const streamed = request.stream?.();
    const content = streamed && new OwnContent(streamed.body);
    const stalled = new AbortController();
    const init: RequestInit = {
      method,
      signal: stalled.signal,
      headers: {
        Accept: route === 'executionResultFile' ? '*/*' : 'application/json',
        Authorization: `Bearer ${token}`,
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...streamed?.headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(content ? { body: this.#watched(content.read(), name(request), stalled) } : {}),
    };
    const target = path(route, parts, this.#options.paths);
    try {
      return await this.#fetch(target, init, name(request), timeout, use);
    } catch (error) {
      if (content?.failure) throw content.failure.error;
      // For a route that is only assumed, the path itself may be wrong.
      const isAmiss = error instanceof NotFound && isAssumed(route);
      throw isAmiss ? new NotFound({ ...error.answer, assumedRoute: route }) : error;
    } finally {
      if (streamed) stalled.abort(); // whatever ended the call, the rest of the file is not needed
    }
  }

  /** A body that is sent. The call ends if its next bytes are not accepted for too long. */
  async *#watched(
    body: AsyncIterable<Uint8Array>,
    call: string,
    stalled: AbortController,
  ): AsyncGenerator<Uint8Array> {
    const { silence } = this.#timeouts;
    const stop = () => stalled.abort(new Failure('actitoStalled', { call, seconds: silence / 1000 }));
    for await (const part of body) {
      const timer = setTimeout(stop, silence);
      try {
        yield part;
      } finally {
        clearTimeout(timer);
      }
      stalled.signal.throwIfAborted(); // otherwise undici would read the file to its end
    }
  }

  async #token(): Promise<string> {
    return tokenFor(this.#tokenKey, () => this.#fetchToken()).catch((error: unknown) => {
      // Whatever happened to the token request, the call itself was never made.
      if (isFailure(error)) error.notDone = true;
      throw error;
    });
  }

  async #fetchToken(): Promise<string> {
    const headers = { Accept: 'application/json', Authorization: this.#options.apiKey };
    const target = path('token', {}, this.#options.paths);
    const call = 'GET token';
    const body = await this.#fetch(target, { headers }, call, this.#timeouts.answer, async (response) =>
      tokenBody.safeParse(await readJson(response, call)),
    );
    if (body.success) return body.data.accessToken;
    throw new Failure('answerWithoutToken', {});
  }

  get #tokenKey(): string {
    return `${this.#options.baseUrl} ${this.#options.apiKey}`;
  }

  async #fetch<T>(
    target: string,
    init: RequestInit,
    call: string,
    timeout: number,
    use: (response: Response) => Promise<T>,
  ): Promise<T> {
    const { baseUrl, withSlot, signal } = this.#options;
    return withSlot(async () => {
      try {
        const ends = [signal, AbortSignal.timeout(timeout), ...(init.signal ? [init.signal] : [])];
        const url = baseUrl.replace(/\/+$/, '') + target;
        const own = { signal: AbortSignal.any(ends), dispatcher: this.#way.dispatcher };
        const response = await (isFile(init.body)
          ? upload(url, { ...init, ...own, body: init.body })
          : fetch(url, { ...init, ...own, redirect: 'manual' }));
        this.#answeredAt = dateOf(response);
        if (!response.ok)
          throw await failureOfResponse(call, response, secretsOf(init, this.#options.apiKey));
        return await use(response);
      } catch (error) {
        throw failureOfError(call, error, { timeout, silence: this.#timeouts.silence });
      }
    });
  }
}

function isFile(body: RequestInit['body']): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** Describes a call without ids. */
function name({ method = 'GET', route }: Request): string {
  return `${method} ${route}`;
}

/** Values that must not be shown, even if Actito's answer repeats them. */
function secretsOf({ headers }: RequestInit, apiKey: string): string[] {
  const authorization = (headers as Record<string, string>).Authorization ?? '';
  return [apiKey, authorization.replace(/^Bearer /, '')].filter((secret) => secret !== '');
}
