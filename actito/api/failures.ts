import { BACKOFF, LONGEST_RETRY_AFTER } from '../../activation/periods.ts';
import { isUnaccepted } from '../../contract/certificates.ts';
import { Failure, isFailure } from '../../contract/failure.ts';
import type { FactsOf } from '../../contract/messages/catalogue.ts';
import { codeOf, knownCode } from '../../contract/foreign.ts';
import type { ActitoAnswer } from '../../contract/messages/actito.ts';
import type { Response } from 'undici';
import { isPage, MOST_BYTES, readText } from './body.ts';

/** No connection was made, so nothing can have been done. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** 401: the token is no longer accepted, which a new one may mend. */
export class TokenRejected extends Failure<'apiKeyRejected'> {
  constructor(answer: ActitoAnswer, words?: string) {
    super('apiKeyRejected', answer, { notDone: true, words });
  }
}

/**
 * 429. D: too many calls at one time, which passes quickly, or the day's imports of a table, which does not; nothing
 * documented in the answer tells which, and no `Retry-After` is documented; a gateway may send one.
 */
export class TooManyCalls extends Failure<'tooManyCalls'> {
  constructor(answer: ActitoAnswer, options: { words?: string; retryAfter?: number } = {}) {
    super('tooManyCalls', answer, { notDone: true, words: options.words, retryAfter: options.retryAfter });
  }
}

/** 404: a name, an id or a whole route that Actito does not have, or does not show to this key. */
export class NotFound extends Failure<'actitoFindsNothing'> {
  /** What Actito answered. */
  readonly answer: ActitoAnswer;

  /** @param facts.assumedRoute where the path itself may be wrong */
  constructor(facts: FactsOf<'actitoFindsNothing'>, words?: string) {
    super('actitoFindsNothing', facts, { notDone: true, words });
    this.answer = facts;
  }
}

/**
 * Turns an answer that is not 2xx into our vocabulary. `call` is method and route, without ids or values. What Actito says
 * may quote a row: it goes to the state, without `secrets`.
 */
export async function failureOfResponse(
  call: string,
  response: Response,
  secrets: string[],
): Promise<Failure> {
  const { status } = response;
  if (REDIRECTIONS.has(status)) return redirected(call, response);
  const { text } = await readText(response, MOST_BYTES.refusal).catch(() => ({ text: '' })); // the status alone has to do
  const answer: ActitoAnswer = { status, call, ...(isPage(response, text) ? { page: true as const } : {}) };
  const words = wordsOf(text, secrets);
  const retryAfter = retryAfterOf(response);
  const notDone = status < 500; // D: 4xx refuses before any work
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

/** What `Retry-After` asks for, in milliseconds: seconds, or a moment by the clock of whoever answers. */
function retryAfterOf({ headers }: Response): number | undefined {
  const said = headers.get('Retry-After')?.trim() ?? '';
  const now = Date.parse(headers.get('Date') ?? '') || Date.now();
  const asked = /^\d+$/.test(said) ? Number(said) * 1_000 : Date.parse(said) - now;
  if (Number.isNaN(asked)) return undefined;
  return Math.min(LONGEST_RETRY_AFTER, Math.max(BACKOFF.first, asked));
}

const REDIRECTIONS = new Set([301, 302, 303, 307, 308]);

/**
 * A redirection is never followed: the key would go along. One that is permanent says that the address is another; others
 * lead to a page for the time being. Where to is not told: names of hosts may hold anything. Only 307 and 308 say that the request was not looked at.
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

/** How long a call may take, and how long nothing may come, in milliseconds. */
export interface CallTimes {
  timeout: number;
  silence: number;
}

/** Turns what fetch throws (no connection, broken off, timed out) into our vocabulary; leaves the rest alone. */
export function failureOfError(call: string, error: unknown, { timeout, silence }: CallTimes): unknown {
  if (isFailure(error) || !(error instanceof Error)) return error;
  if (isFailure(error.cause)) return error.cause; // our own, thrown while a body was sent, or a proxy's
  if (error.name === 'TimeoutError') {
    return new Failure('actitoTimedOut', { call, seconds: timeout / 1000 });
  }
  const network = networkError(error);
  if (!network) return error;
  const code = knownCode(network);
  if (code === 'UND_ERR_BODY_TIMEOUT') {
    return new Failure('actitoStalled', { call, seconds: silence / 1000 });
  }
  const facts = { call, error: code ?? codeOf(network) };
  if (code?.startsWith('Z_')) return new Failure('answerDamaged', facts); // it cannot be unpacked
  if (isUnaccepted(code ?? '')) return new Failure('actitoUntrusted', facts, { notDone: true });
  return new Failure('actitoUnreachable', facts, { notDone: NEVER_CONNECTED.has(code ?? '') });
}

/** What the network gave: `fetch` wraps it in a TypeError, and `request` throws it with its code, which no bug of ours has. */
function networkError(error: Error): unknown {
  if (error instanceof TypeError) return error.cause;
  return 'code' in error && typeof error.code === 'string' ? error : undefined;
}

/** Actito's own words: the shape of its error bodies is not documented, so JSON is tried. */
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
