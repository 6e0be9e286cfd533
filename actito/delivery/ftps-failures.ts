import { FTPError } from 'basic-ftp';
import { Failure, isFailure } from '../../contract/failure.ts';

/** What is tried, in words, and what to look at when the server says no. */
const STEPS = {
  connect: ['connecting', 'Check delivery.host and delivery.port.'],
  secure: [
    'the change to TLS',
    'The server must offer FTP over explicit TLS (AUTH TLS, TLS 1.2 or newer) on delivery.port. Nothing was sent, not even the user name.',
  ],
  login: ['the login', 'Check delivery.username and delivery.password.'],
  protect: ['protecting the data connections', 'The server must allow encrypted transfers (PROT P).'],
  folder: [
    'opening the folder',
    'Check delivery.directory: it must exist on the server, and the account must be allowed to open it.',
  ],
  list: ['listing the folder', 'The account must be allowed to list delivery.directory.'],
  upload: ['the upload', 'The account must be allowed to write in delivery.directory.'],
  size: ['checking the size', 'The account must be allowed to read in delivery.directory.'],
  rename: ['the rename', 'The account must be allowed to rename and replace files in delivery.directory.'],
  remove: ['removing a file', 'The account must be allowed to delete files in delivery.directory.'],
} as const satisfies Record<string, readonly [string, string]>;

export type FtpsStep = keyof typeof STEPS;

interface Peer {
  host: string;
  port: number;
  ca?: string;
}

/** Turns what basic-ftp, Node's TLS and the server say into our vocabulary. The only place that does. */
export function ftpsFailure(step: FtpsStep, peer: Peer, error: unknown): unknown {
  if (isFailure(error) || !(error instanceof Error) || error.name === 'AbortError') return error;
  const server = `ftps://${peer.host}:${peer.port}`;
  const code = `${(error as { code?: string | number }).code ?? ''}`;
  const distrust = reasonForDistrust(code, error, peer);
  if (distrust) return new Failure('DeliveryRefused', `${server} is not trusted: ${distrust}`);

  const [what, advice] = STEPS[step];
  const said = error instanceof FTPError ? reply(step, error) : trouble(code, error);
  const failed = `${server}: ${what} failed (${tidy(said)}).`;
  if (isRefusal(step, code, error)) return new Failure('DeliveryRefused', `${failed} ${advice}`);
  const isPassive = /data connection|transfer strategies/i.test(error.message);
  const hint = isPassive ? ' A firewall may block the passive ports of the server.' : '';
  return new Failure('DeliveryUnavailable', failed + hint);
}

/** `delivery.ca` was given, and is none. */
export function unreadableCa(): Failure {
  return new Failure(
    'DeliveryRefused',
    'The certificate of delivery.ca cannot be read: the variable must hold the certificate itself (PEM).',
  );
}

/** Why the certificate is not accepted, and what to do; undefined when that is not the trouble. Codes: Node's `tls`. */
function reasonForDistrust(code: string, error: Error, { host, ca }: Peer): string | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const { cert } = error as { cert?: { subjectaltname?: string } };
    const names = tidy(cert?.subjectaltname ?? 'no name at all');
    return `its certificate is for ${names}, not for ${host}. Write delivery.host as the certificate does.`;
  }
  if (code === 'CERT_HAS_EXPIRED') {
    return 'its certificate has expired. Whoever runs the server must renew it.';
  }
  if (code === 'CERT_NOT_YET_VALID') {
    return "its certificate is not valid yet. Check this machine's clock, then ask whoever runs the server.";
  }
  if (!/^(UNABLE_TO_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_)/.test(code)) {
    return undefined;
  }
  return ca
    ? `its certificate is not from the authority in delivery.ca (${code}). If it was changed on purpose, renew ` +
        'delivery.ca; otherwise someone may stand between.'
    : `its certificate is not from an authority that is publicly known (${code}). If the server has one of its own, ` +
        "give that authority's certificate in delivery.ca.";
}

/** Whether no repetition will mend it. 4xx pass by definition (RFC 959); so does a full disk, as with SFTP. */
function isRefusal(step: FtpsStep, code: string, error: Error): boolean {
  if (!(error instanceof FTPError)) return step === 'secure' && /^(ERR_SSL_|EPROTO$)/.test(code);
  if (error.code === 552) return false;
  if (step === 'login')
    return !(error.code >= 400 && error.code < 500) && !/too many|maximum/i.test(error.message);
  return error.code >= 500;
}

/** What the server said. Not at the login, where it may quote what it was given. */
function reply(step: FtpsStep, error: FTPError): string {
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
