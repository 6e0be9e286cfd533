import { readFileSync } from 'node:fs';
import { createSecureContext, type ConnectionOptions } from 'node:tls';
import { Failure } from '../contract/failure.ts';
import { codeOf } from '../contract/foreign.ts';
import type { ParameterName } from '../contract/messages/database-urls.ts';
import type { DatabaseTarget } from './url.ts';

/** Where systems keep the certificates that they trust: Debian, Red Hat, Alpine and macOS. OpenSSL has the variable, too. */
const SYSTEM = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
];

/**
 * How to encrypt one connection; false: not at all. Reads the files that the URL names, so it is asked for every connection.
 * @throws Failure ConfigurationInvalid when one of them cannot be used
 */
export function tlsOptions({ variable, tls }: DatabaseTarget): ConnectionOptions | false {
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
  // Node takes a text without certificates for an authority that signed nothing; so does no person.
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

/** Undefined where the system has none: then those that came with Node are trusted. */
function systemCertificates(): string | undefined {
  for (const path of [process.env.SSL_CERT_FILE, ...SYSTEM]) {
    if (!path) continue;
    try {
      return readFileSync(path, 'utf8');
    } catch {
      continue; // the next system's place
    }
  }
  return undefined;
}
