import type { TlsFault } from './messages/connections.ts';

/*
 * Error codes of Node and OpenSSL about certificates and TLS. They are the same for every peer.
 * https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */

/** Codes for a certificate of a different host. */
export const OF_OTHER = ['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'];

const UNACCEPTED =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_[A-Z_]+|CERT_[A-Z_]+|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED)$/;

/** True when a certificate is not accepted, for any reason. Retries do not help. */
export function isUnaccepted(code: string): boolean {
  return OF_OTHER.includes(code) || UNACCEPTED.test(code);
}

/** Certificate errors of OpenSSL and Node, and our own codes for PostgreSQL. */
const CERTIFICATES: Record<string, TlsFault> = {
  ERR_POSTGRES_NO_TLS: 'none',
  ERR_POSTGRES_NO_BINDING: 'binding',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'expired',
  CRL_HAS_EXPIRED: 'expired',
  CRL_NOT_YET_VALID: 'expired',
  CERT_REVOKED: 'revoked',
};
/** Alerts about the client's certificate; the other alerts are about versions and ciphers. */
const CLIENT = /^ERR_SSL_(TLSV1\d?|SSLV3)_ALERT_([A-Z_]*CERTIFICATE[A-Z_]*|ACCESS_DENIED|UNKNOWN_CA)$/;
/** Data that was damaged or cut in transit. These errors say nothing about the TLS settings. */
const DAMAGED = /BAD_RECORD_MAC|DECRYPT|UNEXPECTED_EOF|BAD_LENGTH|DIGEST_CHECK/;

/** Returns why TLS failed, from an error's code; undefined for other errors. */
export function tlsFaultOf(code: string): TlsFault | undefined {
  if (CERTIFICATES[code]) return CERTIFICATES[code];
  if (OF_OTHER.includes(code)) return 'name';
  if (isUnaccepted(code)) return 'untrusted';
  if (CLIENT.test(code)) return 'client';
  return /^ERR_SSL_/.test(code) && !DAMAGED.test(code) ? 'protocol' : undefined;
}
