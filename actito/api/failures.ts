import { Failure, isFailure } from '../../contract/failure.ts';
import type { FactsOf } from '../../contract/messages/catalogue.ts';
import { codeOf, knownCode } from '../../contract/foreign.ts';
import type { ActitoAnswer } from '../../contract/messages/actito.ts';

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
 * documented in the answer tells which. It names no pause either: the policy of retries lets it grow.
 */
export class TooManyCalls extends Failure<'tooManyCalls'> {
  constructor(answer: ActitoAnswer, words?: string) {
    super('tooManyCalls', answer, { notDone: true, words });
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
  const answer: ActitoAnswer = { status, call };
  const words = await wordsOf(response, secrets);
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
      return new TooManyCalls(answer, words);
    default:
      return new Failure(status >= 500 ? 'actitoFailed' : 'requestRefused', answer, { notDone, words });
  }
}

/** Turns what fetch throws (no connection, broken off, timed out) into our vocabulary; leaves the rest alone. */
export function failureOfError(call: string, error: unknown, timeout: number): unknown {
  if (isFailure(error) || !(error instanceof Error)) return error;
  if (isFailure(error.cause)) return error.cause; // our own, thrown while a body was sent
  if (error.name === 'TimeoutError') {
    return new Failure('actitoTimedOut', { call, seconds: timeout / 1000 });
  }
  // The parser's own message would quote the body.
  if (error instanceof SyntaxError) return new Failure('answerNotJson', { call });
  if (!(error instanceof TypeError)) return error; // fetch reports the network as TypeError
  const code = knownCode(error.cause);
  const facts = { call, error: code ?? codeOf(error.cause) };
  return new Failure('actitoUnreachable', facts, { notDone: NEVER_CONNECTED.has(code ?? '') });
}

/** Actito's own words: the shape of its error bodies is not documented, so text is read and JSON is tried. */
async function wordsOf(response: Response, secrets: string[]): Promise<string> {
  const text = await response.text().catch(() => ''); // the status alone has to do when the body breaks off
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
