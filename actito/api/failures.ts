import { Failure, isFailure } from '../../contract/failure.ts';

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
export class TokenRejected extends Failure {}

/**
 * 429. D: too many calls at one time, which passes quickly, or the day's imports of a table, which does not; nothing
 * documented in the answer tells which. It names no pause either: the policy of retries lets it grow.
 */
export class TooManyCalls extends Failure {
  constructor(message: string) {
    super('ActitoUnavailable', message, { notDone: true });
  }
}

/** 404: a name, an id or a whole route that Actito does not have, or does not show to this key. */
export class NotFound extends Failure {
  constructor(message: string) {
    super('ActitoRefused', message, { notDone: true });
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
  const detail = shown(await readDetail(response, secrets));
  const said = `Actito answered ${response.status} to ${call}${detail ? `: ${detail}` : ''}.`;
  const notDone = response.status < 500; // D: 4xx refuses before any work
  switch (response.status) {
    case 401:
      return new TokenRejected(
        'ActitoUnauthorized',
        `${said} Check the API key: it may be wrong, revoked or expired.`,
        { notDone },
      );
    case 403:
      return new Failure('ActitoUnauthorized', `${said} The API key lacks the right to do this.`, {
        notDone,
      });
    case 404:
      return new NotFound(
        `${said} Check the names of entity and profile table, and that the API key may see them.`,
      );
    case 408:
      return new Failure('ActitoUnavailable', said);
    case 429:
      return new TooManyCalls(`${said} Too many calls at one time, or too many imports in a day.`);
    default:
      return response.status >= 500
        ? new Failure('ActitoUnavailable', said)
        : new Failure('ActitoRefused', `${said} The request has to change; it is not tried again as it is.`, {
            notDone,
          });
  }
}

/** Turns what fetch throws (no connection, broken off, timed out) into our vocabulary; leaves the rest alone. */
export function failureOfError(call: string, error: unknown, timeout: number): unknown {
  if (isFailure(error) || !(error instanceof Error)) return error;
  if (isFailure(error.cause)) return error.cause; // our own, thrown while a body was sent
  if (error.name === 'TimeoutError') {
    return new Failure('ActitoUnavailable', `Actito did not answer ${call} within ${timeout / 1000} s.`);
  }
  // The parser's own message would quote the body.
  if (error instanceof SyntaxError)
    return new Failure('ActitoUnavailable', `Actito's answer to ${call} is not JSON.`);
  if (!(error instanceof TypeError)) return error; // fetch reports the network as TypeError
  const cause = error.cause as { code?: string } | undefined;
  return new Failure('ActitoUnavailable', `${call} did not reach Actito (${cause?.code ?? error.message}).`, {
    notDone: NEVER_CONNECTED.has(cause?.code ?? ''),
  });
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
