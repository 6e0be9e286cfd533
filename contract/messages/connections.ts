import { advise, failure } from './message.ts';

/** Codes of ours for what happens to a connection and has no code of its own. */
export const CONNECTION_CODES = {
  ERR_POSTGRES_ENDED: 'the connection ended',
  ERR_POSTGRES_LOGIN: 'the login cannot be made with this password',
  ERR_POSTGRES_NO_BINDING: 'the login is not bound to the TLS connection',
  ERR_POSTGRES_NO_ANSWER: 'no answer in time',
  ERR_POSTGRES_NO_TLS: 'the server offers no TLS',
  ERR_POSTGRES_ODD_ANSWER: 'what answers is no PostgreSQL',
} as const;

export type ConnectionCode = keyof typeof CONNECTION_CODES;

/** What a code of a connection means, in words if it is one of ours. */
export function connectionInWords(code: string): string {
  return Object.hasOwn(CONNECTION_CODES, code) ? CONNECTION_CODES[code as ConnectionCode] : code;
}

/** Why TLS cannot be had, or is not trusted; trying again changes nothing. */
export type TlsFault =
  'none' | 'binding' | 'untrusted' | 'name' | 'expired' | 'revoked' | 'client' | 'protocol';

export interface Refused {
  /** The environment variable that holds the URL. */
  variable: string;
  fault: TlsFault;
  code: string;
}

const SHOP = { variable: 'WAREHOUSE_URL' };
const STATE = { variable: 'ACTITO_SYNC_DATABASE_URL' };

export const TLS_FAULTS: Record<TlsFault, string> = {
  none: 'the server offers no TLS',
  binding:
    'channel_binding=require is set, and the server offers no login that is bound to the TLS connection',
  untrusted: "the server's certificate is not signed by an authority that is trusted here",
  name: "the server's certificate is for another host",
  expired: "the server's certificate has expired, or is not valid yet",
  revoked: "the server's certificate was revoked",
  client: "the server refuses the client's certificate, or wants one",
  protocol: 'the server and this worker have no version or cipher of TLS in common',
};

/** What to change, by the part of the URL. */
const TLS_ADVICE: Record<TlsFault, string> = {
  none: 'Turn TLS on at the server; in the URL, sslmode=disable or sslmode=prefer connects without it, where the network is trusted.',
  binding:
    'Connect by TLS, without a pooler between, to a role with a SCRAM password; in the URL, channel_binding=prefer logs in without it.',
  untrusted:
    "In the URL, name a file with the authority's certificate by sslrootcert=/path/ca.pem (sslrootcert=system trusts those of the machine); " +
    'sslmode=require encrypts without checking it.',
  name: 'In the URL, write the host as the certificate does; sslmode=verify-ca does not check the name.',
  expired: 'Renew it, or set the clock of this machine.',
  revoked: 'Renew it.',
  client: 'Check sslcert and sslkey in the URL.',
  protocol:
    'The server must offer TLS 1.2 or newer; in the URL, sslmode=disable connects without it, where the network is trusted.',
};

/** What is said of connections to a PostgreSQL, whether it is a warehouse or our own. */
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
    ],
    says: ({ variable, fault, code }) =>
      `The database of ${variable} cannot be connected to by TLS: ${TLS_FAULTS[fault]} (${code}).`,
    next: ({ fault }) => advise(TLS_ADVICE[fault]),
  }),
};
