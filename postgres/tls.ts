import { readFileSync } from 'node:fs';
import { createSecureContext, type ConnectionOptions } from 'node:tls';
import { Failure } from '../contract/failure.ts';
import { codeOf } from '../contract/foreign.ts';
import type { ParameterName } from '../contract/messages/database-urls.ts';
import type { DatabaseTarget } from './url.ts';

/** The trusted certificates of Debian, Red Hat, Alpine and macOS. The variable is OpenSSL's. */
const SYSTEM = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
];

/**
 * Returns the TLS options of one connection; false for no TLS. Reads the files in the URL, so it is called for every
 * connection.
 * @throws Failure ConfigurationInvalid if one of them cannot be used
 */
export function tlsOptions({
  variable,
  tls,
}: Pick<DatabaseTarget, 'variable' | 'tls'>): ConnectionOptions | false {
  const { mode, sslrootcert, sslcert, sslkey, sslpassword, sslcrl } = tls;
  if (mode === 'disable') return false;
  const refuse = (part: ParameterName, error: unknown): never => {
    throw new Failure('databaseUrlUnusable', { variable, part, fault: 'file', code: codeOf(error) });
  };
  const read = (part: ParameterName, path: string | undefined) => {
    if (path === undefined) return undefined;
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      return refuse(part, error);
    }
  };
  const options: ConnectionOptions = {
    ca: sslrootcert === 'system' ? systemCertificates() : read('sslrootcert', sslrootcert),
    cert: read('sslcert', sslcert),
    key: read('sslkey', sslkey),
    crl: read('sslcrl', sslcrl),
    passphrase: sslpassword,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: mode === 'verify-ca' || mode === 'verify-full',
  };
  // Node accepts a text without certificates as an authority that signed nothing, but it is an error.
  if (
    sslrootcert !== undefined &&
    options.ca !== undefined &&
    !/-----BEGIN [A-Z ]*CERTIFICATE-----/.test(String(options.ca))
  )
    refuse('sslrootcert', { code: 'ERR_NO_CERTIFICATE' });
  try {
    createSecureContext(options);
  } catch (error) {
    refuse(sslcert === undefined ? 'sslrootcert' : 'sslcert', error);
  }
  if (mode === 'verify-ca') options.checkServerIdentity = () => undefined;
  return options;
}

/** Undefined if the system has none; then those of Node are trusted. */
function systemCertificates(): string | undefined {
  for (const path of [process.env.SSL_CERT_FILE, ...SYSTEM]) {
    if (!path) continue;
    try {
      return readFileSync(path, 'utf8');
    } catch {
      continue; // try the next path
    }
  }
  return undefined;
}
