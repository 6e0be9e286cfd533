import { tlsFaultOf } from '../../contract/certificates.ts';
import { Failure } from '../../contract/failure.ts';
import { codeOf } from '../../contract/foreign.ts';
import type { HttpAnswer } from './answer.ts';
import { retryAfterOf } from './busy.ts';

/** Who failed, for messages: the environment variable with the URL, or a host whose TLS is not configured. */
export type Peer = { variable: string } | { host: string };

/** What OpenSSL says about an answer that is not TLS, such as HTTP. */
const NOT_TLS = 'ERR_SSL_WRONG_VERSION_NUMBER';

/** Converts what Node and undici report about a connection. Errors of our own code stay. */
export function networkFailure(error: unknown, peer: Peer): unknown {
  if (error instanceof Failure || !(error instanceof Error) || isMistake(error)) return error;
  const code = codeOf(error);
  const fault = code === NOT_TLS ? 'none' : tlsFaultOf(code);
  const connection = nameOf(peer);
  if (fault && 'variable' in peer)
    return new Failure('databaseTlsRefused', { variable: connection, fault, code, isHttps: true });
  if (fault) return new Failure('sourceTlsRefused', { connection, fault, code });
  // zlib: the body is damaged, or ends early
  if (code.startsWith('Z_')) return new Failure('sourceBrokeOff', { connection, code });
  return new Failure('sourceUnreachable', { connection, code });
}

/** An error of our own code, which is no failure of a connection. */
function isMistake(error: Error): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
}

function nameOf(peer: Peer): string {
  return 'variable' in peer ? peer.variable : peer.host;
}

/**
 * Returns the failure for an answer that is not the warehouse's own, such as a gateway's.
 * @param expected what the driver expected
 */
export function statusFailure(
  answer: Pick<HttpAnswer, 'status' | 'headers'>,
  peer: Peer,
  expected: string,
): Failure {
  const { status } = answer;
  const connection = nameOf(peer);
  const code = `HTTP status ${status}`;
  if (status === 401 || status === 403) {
    const check = ['user', 'password', 'the address'];
    return new Failure('sourceLoginRefused', { connection, check, code });
  }
  if (status === 429 || status >= 500)
    return new Failure('sourceBrokeOff', { connection, code }, { retryAfter: retryAfterOf(answer) });
  return new Failure('sourceAnswerUnreadable', { connection, status, expected });
}
