import { Failure, isFailure } from '../../contract/failure.ts';
import type { FactsOf } from '../../contract/messages/catalogue.ts';
import type { ActitoAnswer } from '../../contract/messages/actito.ts';

/** Longest part of Actito's own words that is passed on. */
const MAX_DETAIL = 300;

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
  constructor(answer: ActitoAnswer) {
    super('apiKeyRejected', answer, { notDone: true });
  }
}

/**
 * 429. D: too many calls at one time, which passes quickly, or the day's imports of a table, which does not; nothing
 * documented in the answer tells which. It names no pause either: the policy of retries lets it grow.
 */
export class TooManyCalls extends Failure<'tooManyCalls'> {
  constructor(answer: ActitoAnswer) {
    super('tooManyCalls', answer, { notDone: true });
  }
}

/** 404: a name, an id or a whole route that Actito does not have, or does not show to this key. */
export class NotFound extends Failure<'actitoFindsNothing'> {
  /** What Actito answered. */
  readonly answer: ActitoAnswer;

  /** @param facts.assumedRoute where the path itself may be wrong */
  constructor(facts: FactsOf<'actitoFindsNothing'>) {
    super('actitoFindsNothing', facts, { notDone: true });
    this.answer = facts;
  }
}

/**
 * Turns an answer that is not 2xx into our vocabulary. `call` is method and route, without ids or values; `secrets`
 * are masked in Actito's own words.
 */
export async function failureOfResponse(
  call: string,
  response: Response,
  secrets: string[],
): Promise<Failure> {
  // Imports carry rows.
  const shown = /execution/i.test(call) ? printableAboutRows : printable;
  const { status } = response;
  const answer: ActitoAnswer = {
    status,
    call,
    said: shown(await readDetail(response, secrets)) || undefined,
  };
  const notDone = status < 500; // D: 4xx refuses before any work
  switch (status) {
    case 401:
      return new TokenRejected(answer);
    case 403:
      return new Failure('apiKeyLacksRight', answer, { notDone });
    case 404:
      return new NotFound(answer);
    case 408:
      return new Failure('actitoFailed', answer);
    case 429:
      return new TooManyCalls(answer);
    default:
      return new Failure(status >= 500 ? 'actitoFailed' : 'requestRefused', answer, { notDone });
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
  const cause = error.cause as { code?: string } | undefined;
  const facts = { call, error: cause?.code ?? error.message };
  return new Failure('actitoUnreachable', facts, { notDone: NEVER_CONNECTED.has(cause?.code ?? '') });
}

/** Actito's own words: the shape of its error bodies is not documented, so text is read and JSON is tried. */
async function readDetail(response: Response, secrets: string[]): Promise<string> {
  const text = await response.text().catch(() => ''); // the status alone has to do when the body breaks off
  let message: unknown = text;
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    message = body.message ?? body.error ?? text;
  } catch {
    // not JSON: the text itself is shown
  }
  const shown = typeof message === 'string' ? message : text;
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, '…'), shown);
}

/** Actito's own words as they may be shown: short, on one line, and without what looks like a person's value. */
export function printable(text: string): string {
  return maskPeople(text).replace(/\s+/g, ' ').slice(0, MAX_DETAIL).replace(/\.$/, '');
}

/**
 * Actito's own words about a file of rows, which may quote one: whatever is quoted, the rest from a separator on, and
 * all numbers but short ones are not passed on.
 */
export function printableAboutRows(text: string): string {
  const masked = text
    .replace(/\S*;[^]*$/, '…')
    .replace(/"[^"]*"|'[^']*'|«[^»]*»|“[^”]*”/g, '"…"')
    .replace(/\+?\d(?:[ ./-]?\d){3,}/g, '…');
  return printable(masked);
}

/** Parts that look like a value of a person (an address, a long number) are not passed on. */
function maskPeople(text: string): string {
  return text.replace(/[^\s"'<>;,]+@[^\s"'<>;,]+/g, '…@…').replace(/\+?\d{7,}/g, '…');
}
