import type { z } from 'zod';
import { Failure, isFailure } from '../../contract/failure.ts';
import type { Route } from '../../activation/definition/contract.ts';
import { isAssumed, path, tokenBody, type Paths } from '../contract.ts';
import { OwnContent } from '../own-content.ts';
import { failureOfError, failureOfResponse, NotFound, TokenRejected } from './failures.ts';
import { forgetToken, renewToken, tokenFor } from './tokens.ts';

/** Longest wait for an answer, in milliseconds; uploads and downloads of files get more. */
const TIMEOUT = 60_000;
const FILE_TIMEOUT = 15 * 60_000;

export interface ActitoOptions {
  baseUrl: string;
  apiKey: string;
  /** Where this licence has its routes, as far as it differs from what we assume. */
  paths?: Paths;
  /** Runs a call while holding one of the licence's slots, over all workers. */
  withSlot: <T>(call: () => Promise<T>) => Promise<T>;
  /** Aborted on cancellation. */
  signal: AbortSignal;
}

export interface Request {
  method?: 'GET' | 'POST' | 'PUT';
  route: Route;
  parts?: Record<string, string>;
  json?: unknown;
  /** A body made anew for each try, with its headers; for files. */
  stream?: () => { headers: Record<string, string>; body: AsyncIterable<Uint8Array> };
}

/** Actito's API: authentication, slots, time-outs and the vocabulary of failures. Routes live in the contract. */
export class ActitoClient {
  readonly #options: ActitoOptions;

  constructor(options: ActitoOptions) {
    this.#options = options;
  }

  /** Calls and checks the answer's shape. @throws Failure Actito… */
  async call<T extends z.ZodType>(request: Request, shape: T): Promise<z.infer<T>> {
    return this.#exchange(request, TIMEOUT, async (response) => {
      const parsed = shape.safeParse(await answerOf(response));
      if (parsed.success) return parsed.data;
      const fields = parsed.error.issues.map((issue) => issue.path.join('.'));
      throw new Failure('answerNotAsAssumed', { call: name(request), fields });
    });
  }

  /** Asks for a new token: whether the API key is accepted now, no token of before can tell. @throws Failure Actito… */
  async renewToken(): Promise<void> {
    await renewToken(this.#tokenKey, () => this.#fetchToken());
  }

  /** Calls and hands the answer's body over as a stream. The slot is held until `use` is done. */
  async download<T>(request: Request, use: (body: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T> {
    return this.#exchange(request, FILE_TIMEOUT, (response) => {
      if (!response.body) throw new Failure('answerEmpty', { call: name(request) });
      return use(response.body);
    });
  }

  /** One call, with one new token when the old one is no longer accepted. */
  async #exchange<T>(request: Request, timeout: number, use: (response: Response) => Promise<T>): Promise<T> {
    const limit = request.stream ? FILE_TIMEOUT : timeout;
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
    const init: RequestInit & { duplex?: 'half' } = {
      method,
      headers: {
        Accept: route === 'executionResultFile' ? '*/*' : 'application/json',
        Authorization: `Bearer ${token}`,
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...streamed?.headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(content ? { body: content.read(), duplex: 'half' } : {}),
    };
    const target = path(route, parts, this.#options.paths);
    return this.#fetch(target, init, name(request), timeout, use).catch((error: unknown) => {
      if (content?.failure) throw content.failure.error;
      // On a route that is only assumed the path itself may be wrong.
      const isAmiss = error instanceof NotFound && isAssumed(route);
      throw isAmiss ? new NotFound({ ...error.answer, assumedRoute: route }) : error;
    });
  }

  async #token(): Promise<string> {
    return tokenFor(this.#tokenKey, () => this.#fetchToken()).catch((error: unknown) => {
      // Whatever became of the token, the call that it was for was never made.
      if (isFailure(error)) error.notDone = true;
      throw error;
    });
  }

  async #fetchToken(): Promise<string> {
    const headers = { Accept: 'application/json', Authorization: this.#options.apiKey };
    const target = path('token', {}, this.#options.paths);
    const body = await this.#fetch(target, { headers }, 'GET token', TIMEOUT, async (response) =>
      tokenBody.safeParse(await response.json()),
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
        const limited = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
        const response = await fetch(baseUrl.replace(/\/+$/, '') + target, {
          ...init,
          signal: limited,
          redirect: 'error',
        });
        if (!response.ok)
          throw await failureOfResponse(call, response, secretsOf(init, this.#options.apiKey));
        return await use(response);
      } catch (error) {
        throw failureOfError(call, error, timeout);
      }
    });
  }
}

/** D: what is created answers 201 with its `Location`; A: and a body with its id. */
async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text();
  const location = response.headers.get('Location');
  if (text.trim() !== '' || location === null) return JSON.parse(text);
  return {
    id: decodeURIComponent(
      location
        .replace(/[/?#]*$/, '')
        .split('/')
        .at(-1)!,
    ),
  };
}

/** A call in words, without ids. */
function name({ method = 'GET', route }: Request): string {
  return `${method} ${route}`;
}

/** What must not be shown, even if Actito's answer repeats it. */
function secretsOf({ headers }: RequestInit, apiKey: string): string[] {
  const authorization = (headers as Record<string, string>).Authorization ?? '';
  return [apiKey, authorization.replace(/^Bearer /, '')].filter((secret) => secret !== '');
}
