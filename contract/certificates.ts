/*
 * What Node and OpenSSL say of a certificate, by code: the same for every peer that is reached by TLS.
 * https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */

/** The certificate is another host's. */
export const OF_OTHER = ['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'];

const UNACCEPTED =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_[A-Z_]+|CERT_[A-Z_]+|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED)$/;

/** True when a certificate is not accepted, for whatever reason: no other try changes that. */
export function isUnaccepted(code: string): boolean {
  return OF_OTHER.includes(code) || UNACCEPTED.test(code);
}
