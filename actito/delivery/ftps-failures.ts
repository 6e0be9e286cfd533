import { FTPError } from 'basic-ftp';
import { Failure, isFailure } from '../../contract/failure.ts';
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

  const answer = tidy(error instanceof FTPError ? reply(step, error) : trouble(code, error));
  if (isRefusal(step, code, error)) return new Failure('ftpsRefused', { server, step, answer });
  const passive = /data connection|transfer strategies/i.test(error.message);
  return new Failure('fileServerBrokeOff', { server, step, answer, passive });
}

/** Why the certificate is not accepted; undefined when that is not the trouble. Codes: Node's `tls`. */
function distrustOf(server: string, code: string, error: Error, { host, ca }: Peer): Failure | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const { cert } = error as { cert?: { subjectaltname?: string } };
    const names = cert?.subjectaltname;
    return new Failure('certificateOfOther', { server, host, names: names && tidy(names) });
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

/** What the server said. Not at the login, where it may quote what it was given. */
function reply(step: DeliveryStep, error: FTPError): string {
  return step === 'login' ? `${error.code}` : error.message;
}

/** OpenSSL's messages are addresses and file names; its codes are words. */
function trouble(code: string, error: Error): string {
  if (code.startsWith('ERR_SSL_')) return code;
  return code ? `${code}: ${error.message}` : error.message;
}

function tidy(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 300);
}
