import { FTPError } from 'basic-ftp';
import { Failure, isFailure } from '../../contract/failure.ts';
import { codeOf, knownCode } from '../../contract/foreign.ts';
import type { DeliveryStep } from '../../contract/messages/delivery.ts';

interface Peer {
  host: string;
  port: number;
  ca?: string;
}

/** Turns what basic-ftp, Node's TLS and the server say into our vocabulary. The only place that does. */
export function ftpsFailure(step: DeliveryStep, peer: Peer, error: unknown): unknown {
  if (isFailure(error) || !(error instanceof Error) || error.name === 'AbortError') return error;
  const server = `ftps://${peer.host}:${peer.port}`;
  const code = `${(error as { code?: string | number }).code ?? ''}`;
  const distrust = distrustOf(server, code, error, peer);
  if (distrust) return distrust;

  const answer = error instanceof FTPError ? replyOf(error.code) : troubleOf(error);
  const words = step === 'login' ? undefined : error.message; // there it may quote what it was given
  if (isRefusal(step, code, error)) return new Failure('ftpsRefused', { server, step, answer }, { words });
  const passive = /data connection|transfer strategies/i.test(error.message);
  return new Failure('fileServerBrokeOff', { server, step, answer, passive }, { words });
}

/** Why the certificate is not accepted; undefined when that is not the trouble. Codes: Node's `tls`. */
function distrustOf(
  server: string,
  code: string,
  error: Error,
  { host, port, ca }: Peer,
): Failure | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new Failure('certificateOfOther', { server, host, port });
  }
  if (code === 'CERT_HAS_EXPIRED') return new Failure('certificateExpired', { server });
  if (code === 'CERT_NOT_YET_VALID') return new Failure('certificateNotYetValid', { server });
  if (!/^(UNABLE_TO_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_)/.test(code)) {
    return undefined;
  }
  return new Failure(ca ? 'certificateNotOfCa' : 'certificateOfUnknown', { server, code });
}

/** Whether no repetition will mend it. 4xx pass by definition (RFC 959); so does a full disk, as with SFTP. */
function isRefusal(step: DeliveryStep, code: string, error: Error): boolean {
  if (!(error instanceof FTPError)) return step === 'secure' && /^(ERR_SSL_|EPROTO$)/.test(code);
  if (error.code === 552) return false;
  if (step === 'login')
    return !(error.code >= 400 && error.code < 500) && !/too many|maximum/i.test(error.message);
  return error.code >= 500;
}

/** Replies of RFC 959 and RFC 4217. */
const REPLIES: Record<number, string> = {
  332: 'an account is needed',
  421: 'it takes no connections now',
  425: 'no data connection',
  426: 'the transfer was broken off',
  430: 'the login is refused',
  450: 'the file is not available now',
  451: 'an error of its own',
  452: 'no space',
  500: 'a command that it does not understand',
  501: 'an argument that it does not take',
  502: 'it does not support this',
  503: 'a wrong order of commands',
  504: 'an argument that it does not support',
  521: 'the data connection cannot be used so',
  522: 'TLS is needed for the data connection',
  530: 'the login is refused',
  532: 'an account is needed',
  534: 'it does not allow this protection',
  550: 'no such file, or no right',
  551: 'an unknown kind of page',
  552: 'no space',
  553: 'a file name that it does not allow',
};

/** A reply by its number, in our words: the server's own may quote anything. */
function replyOf(code: number): string {
  return `${code}: ${REPLIES[code] ?? (code >= 500 ? 'refused' : 'not now')}`;
}

/** basic-ftp and Node have words without a code for what happens to a connection. */
const SAID = [
  [/time-?out|TLS handshake/i, 'no answer in time'],
  [/transfer strategies/i, 'no data connection'],
  [/closed|ended|FIN packet/i, 'the connection ended'],
  [/can't parse|unparsable/i, 'an answer that cannot be read'],
] as const satisfies [RegExp, string][];

/** The code, or which of the words that we know it is. OpenSSL's messages are addresses and file names. */
function troubleOf(error: Error): string {
  return knownCode(error) ?? SAID.find(([said]) => said.test(error.message))?.[1] ?? codeOf(error);
}
