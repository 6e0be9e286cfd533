import { tlsFaultOf } from '../../contract/certificates.ts';
import { Failure } from '../../contract/failure.ts';
import { codeOf } from '../../contract/foreign.ts';

/** What OpenSSL says about an answer that is not TLS, such as HTTP. */
const NOT_TLS = 'ERR_SSL_WRONG_VERSION_NUMBER';

/** Converts what Node and undici report about a connection. Errors of our own code stay. */
export function networkFailure(error: unknown, variable: string): unknown {
  if (error instanceof Failure || error instanceof TypeError || !(error instanceof Error)) return error;
  const code = codeOf(error);
  const fault = code === NOT_TLS ? 'none' : tlsFaultOf(code);
  if (fault) return new Failure('databaseTlsRefused', { variable, fault, code, isHttps: true });
  return new Failure('sourceUnreachable', { connection: variable, code });
}

/**
 * Returns the failure for an answer that is not the warehouse's own, such as a gateway's.
 * @param expected what the driver expected
 */
export function statusFailure(status: number, variable: string, expected: string): Failure {
  const code = `HTTP status ${status}`;
  if (status === 401 || status === 403) {
    const check = ['user', 'password', 'the address'];
    return new Failure('sourceLoginRefused', { connection: variable, check, code });
  }
  if (status === 429 || status >= 500) return new Failure('sourceBrokeOff', { connection: variable, code });
  return new Failure('sourceAnswerUnreadable', { connection: variable, status, expected });
}
