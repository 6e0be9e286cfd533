import { advise, failure } from './message.ts';

/** What to do about a warehouse that cannot be reached. */
export const UNREACHABLE = advise('Check its host and port, and the network between the worker and it.');

/** Our codes for connection errors that have no code of their own, and those of libraries that need words. */
export const CONNECTION_CODES = {
  EINSTLOOKUP: 'SQL Server Browser (UDP 1434) does not name the instance',
  ERR_MYSQL_ENDED: 'the connection was closed',
  ERR_MYSQL_NO_ANSWER: 'no answer before the timeout',
  ERR_POSTGRES_ENDED: 'the connection was closed',
  ERR_POSTGRES_LOGIN: 'the login does not work with this password',
  ERR_POSTGRES_NO_BINDING: 'the server offers no login that is bound to the TLS connection',
  ERR_POSTGRES_NO_ANSWER: 'no answer before the timeout',
  ERR_POSTGRES_NO_TLS: 'the server does not support TLS',
  ERR_POSTGRES_NOT_NOW:
    'the server answered with an error instead of TLS, for example because it has no free connection',
  ERR_POSTGRES_ODD_ANSWER: 'the server is not PostgreSQL',
} as const;

export type ConnectionCode = keyof typeof CONNECTION_CODES;

/** What a connection code means; our own codes in words. */
export function connectionInWords(code: string): string {
  return Object.hasOwn(CONNECTION_CODES, code) ? CONNECTION_CODES[code as ConnectionCode] : code;
}

/** Why TLS is not possible or not trusted. Retries do not help. */
export type TlsFault =
  'none' | 'binding' | 'untrusted' | 'name' | 'expired' | 'revoked' | 'client' | 'protocol';

export interface Refused {
  /** The environment variable that holds the URL. */
  variable: string;
  fault: TlsFault;
  code: string;
  /** The scheme of the URL is https, which has no sslmode without TLS. */
  isHttps?: boolean;
}

const SHOP = { variable: 'WAREHOUSE_URL' };
const STATE = { variable: 'ACTITO_SYNC_DATABASE_URL' };

export const TLS_FAULTS: Record<TlsFault, string> = {
  none: 'the server does not support TLS',
  binding:
    'channel_binding=require is set, but the server offers no login that is bound to the TLS connection',
  untrusted:
    "the server's certificate is not signed by a certificate authority (CA) that this machine trusts",
  name: "the server's certificate is for another host",
  expired: "the server's certificate has expired or is not valid yet",
  revoked: "the server's certificate was revoked",
  client: 'the server requires a client certificate, or rejected it',
  protocol: 'the server and this worker have no TLS version or cipher in common',
};

/** What to change. */
const TLS_ADVICE: Record<TlsFault, string> = {
  none: 'Enable TLS on the server. On a trusted network, sslmode=disable or sslmode=prefer in the URL connects without it.',
  binding:
    'Connect with TLS and without a pooler, as a role with a SCRAM password. channel_binding=prefer in the URL logs in without it.',
  untrusted:
    "Add sslrootcert=/path/ca.pem to the URL, a file with the CA's certificate (sslrootcert=system uses the CAs of the machine). " +
    'sslmode=require encrypts without checking the certificate.',
  name: 'Use the host name of the certificate in the URL, or sslmode=verify-ca, which does not check the name.',
  expired: 'Renew the certificate, or correct the clock of this machine.',
  revoked: 'Renew the certificate.',
  client: 'Check sslcert and sslkey in the URL.',
  protocol:
    'Enable TLS 1.2 or newer on the server. On a trusted network, sslmode=disable in the URL connects without TLS.',
};

/** The same for URLs with https, where it differs. */
const HTTPS_ADVICE: Partial<Record<TlsFault, string>> = {
  none: 'Check the port. On a trusted network, http instead of https in the URL connects without TLS.',
  protocol:
    'Enable TLS 1.2 or newer on the server. On a trusted network, http instead of https in the URL connects without TLS.',
};

/** Messages about connections to a warehouse or the state database by a URL with the parameters of libpq. */
export const CONNECTION_MESSAGES = {
  databaseTlsRefused: failure<Refused>('ConfigurationInvalid', {
    examples: [
      { ...SHOP, fault: 'untrusted', code: 'SELF_SIGNED_CERT_IN_CHAIN' },
      { ...STATE, fault: 'none', code: 'ERR_POSTGRES_NO_TLS' },
      { ...STATE, fault: 'binding', code: 'ERR_POSTGRES_NO_BINDING' },
      { ...SHOP, fault: 'name', code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      { ...SHOP, fault: 'expired', code: 'CERT_HAS_EXPIRED' },
      { ...SHOP, fault: 'revoked', code: 'CERT_REVOKED' },
      { ...SHOP, fault: 'client', code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' },
      { ...SHOP, fault: 'protocol', code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' },
      { ...SHOP, fault: 'none', code: 'ERR_SSL_WRONG_VERSION_NUMBER', isHttps: true },
      { ...SHOP, fault: 'protocol', code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', isHttps: true },
    ],
    says: ({ variable, fault, code }) =>
      `The TLS connection to the database of ${variable} failed: ${TLS_FAULTS[fault]} (${code}).`,
    next: ({ fault, isHttps }) => advise((isHttps ? HTTPS_ADVICE[fault] : undefined) ?? TLS_ADVICE[fault]),
  }),
};
