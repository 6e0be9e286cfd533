import { BACKOFF, LONGEST_RETRY_AFTER } from '../../activation/periods.ts';
import { isUnaccepted } from '../../contract/certificates.ts';
import { Failure, isFailure } from '../../contract/failure.ts';
import type { FactsOf } from '../../contract/messages/catalogue.ts';
import { codeOf, knownCode } from '../../contract/foreign.ts';
import type { ActitoAnswer } from '../../contract/messages/actito.ts';
import type { Response } from 'undici';
import { isPage, MOST_BYTES, readText } from './body.ts';

/** Errors without a connection, so the request had no effect. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** 401: the token is no longer accepted. A new one may be. */
export class TokenRejected extends Failure<'apiKeyRejected'> {
  constructor(answer: ActitoAnswer, words?: string) {
    super('apiKeyRejected', answer, { notDone: true, words });
  }
}

/**
 * 429. D: too many calls at one time, which passes quickly, or the day's imports of a table, which does not. Nothing
 * documented in the answer distinguishes them, and no `Retry-After` is documented; a gateway may send one.
 */
export class TooManyCalls extends Failure<'tooManyCalls'> {
  constructor(answer: ActitoAnswer, options: { words?: string; retryAfter?: number } = {}) {
    super('tooManyCalls', answer, { notDone: true, words: options.words, retryAfter: options.retryAfter });
  }
}

/** 404: a name, an id or a route that Actito does not have, or does not show to this key. */
export class NotFound extends Failure<'actitoFindsNothing'> {
  /** Actito's answer. */
  readonly answer: ActitoAnswer;

  /** @param facts.assumedRoute the path itself may be wrong */
  constructor(facts: FactsOf<'actitoFindsNothing'>, words?: string) {
    super('actitoFindsNothing', facts, { notDone: true, words });
    this.answer = facts;
  }
}

/**
 * Converts an answer that is not 2xx into a failure. `call` is method and route, without ids or values. Actito's text
 * may quote a row, so it goes only to the state, without `secrets`.
 */
export async function failureOfResponse(
  call: string,
  response: Response,
  secrets: string[],
): Promise<Failure> {
  const { status } = response;
  if (REDIRECTIONS.has(status)) return redirected(call, response);
  const { text } = await readText(response, MOST_BYTES.refusal).catch(() => ({ text: '' })); // only the status is known
  const answer: ActitoAnswer = { status, call, ...(isPage(response, text) ? { page: true as const } : {}) };
  const words = wordsOf(text, secrets);
  const retryAfter = retryAfterOf(response);
  const notDone = status < 500; // D: a 4xx answer means that nothing was done
  switch (status) {
    case 401:
      return new TokenRejected(answer, words);
    case 403:
      return new Failure('apiKeyLacksRight', answer, { notDone, words });
    case 404:
      return new NotFound(answer, words);
    case 408:
      return new Failure('actitoFailed', answer, { words });
    case 429:
      return new TooManyCalls(answer, { words, retryAfter });
    default:
      return status >= 500
        ? new Failure('actitoFailed', answer, { words, retryAfter })
        : new Failure('requestRefused', answer, { notDone, words });
  }
}

/** Whether an error is an answer of Actito itself that rejects the request. Then Actito responds. */
export function isActitoAnswer(error: unknown): boolean {
  if (!isFailure(error)) return false;
  const { status, call, page } = error.told.facts as Partial<ActitoAnswer>;
  return status !== undefined && status >= 400 && status < 500 && call !== undefined && !page;
}

/** Returns the `Retry-After` of an answer in milliseconds. The header has seconds, or a time by the server's clock. */
function retryAfterOf({ headers }: Response): number | undefined {
  const said = headers.get('Retry-After')?.trim() ?? '';
  const now = Date.parse(headers.get('Date') ?? '') || Date.now();
  const asked = /^\d+$/.test(said) ? Number(said) * 1_000 : Date.parse(said) - now;
  if (Number.isNaN(asked)) return undefined;
  return Math.min(LONGEST_RETRY_AFTER, Math.max(BACKOFF.first, asked));
}

const REDIRECTIONS = new Set([301, 302, 303, 307, 308]);

/**
 * A redirection is never followed, because the key would be sent along. A permanent one means that the address has
 * changed; others lead to a temporary page. The target is not reported, because names of hosts may contain anything.
 * Only 307 and 308 say that the request was not processed.
 */
async function redirected(call: string, response: Response): Promise<Failure> {
  const { status } = response;
  await response.body?.cancel();
  const isPermanent = status === 301 || status === 308;
  return new Failure(
    isPermanent ? 'actitoMoved' : 'actitoRedirects',
    { status, call },
    { notDone: status === 307 || status === 308 },
  );
}

/** The timeout of a call, and the timeout without any byte, in milliseconds. */
export interface CallTimes {
  timeout: number;
  silence: number;
}

/**
 * Converts errors of fetch (no connection, broken connection, timeout) into failures. Returns other errors unchanged.
 */
export function failureOfError(call: string, error: unknown, { timeout, silence }: CallTimes): unknown {
  if (isFailure(error) || !(error instanceof Error)) return error;
  if (isFailure(error.cause)) return error.cause; // our own, thrown while a body was sent, or a proxy's
  if (error.name === 'TimeoutError') {
    return new Failure('actitoTimedOut', { call, seconds: timeout / 1000 });
  }
  if (!(error instanceof TypeError)) return error;
  const network = error.cause;
  if (!network) return error; // a bug of ours
  const code = knownCode(network);
  if (code === 'UND_ERR_BODY_TIMEOUT') {
    return new Failure('actitoStalled', { call, seconds: silence / 1000 });
  }
  const facts = { call, error: code ?? codeOf(network) };
  if (code?.startsWith('Z_')) return new Failure('answerDamaged', facts); // it cannot be unpacked
  if (isUnaccepted(code ?? '')) return new Failure('actitoUntrusted', facts, { notDone: true });
  return new Failure('actitoUnreachable', facts, { notDone: NEVER_CONNECTED.has(code ?? '') });
}

/** Returns Actito's own text. The shape of its errors is not documented, so JSON is tried. */
function wordsOf(text: string, secrets: string[]): string {
  let message: unknown = text;
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    message = body.message ?? body.error ?? text;
  } catch {
    // not JSON: the text itself is kept
  }
  const said = typeof message === 'string' ? message : text;
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, '…'), said);
}
