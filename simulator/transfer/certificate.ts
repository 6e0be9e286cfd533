import { isIP } from 'node:net';
import { developmentPackage } from './development-package.ts';

/** A certificate and its private key, both PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

const DAY = 86_400_000;

/**
 * Makes a new self-signed certificate, which can also be trusted as an authority (`ca`).
 * @param names the host names and IP addresses of the certificate
 * @param expires a time in milliseconds; default: in a year
 */
export async function createCertificate(
  names: string[],
  expires = Date.now() + 365 * DAY,
): Promise<Certificate> {
  const { generate } = await developmentPackage('selfsigned', () => import('selfsigned'));
  const altNames = names.map((name) =>
    isIP(name) ? ({ type: 7, ip: name } as const) : ({ type: 2, value: name } as const),
  );
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'Actito simulator' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Math.min(Date.now(), expires) - DAY),
    notAfterDate: new Date(expires),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { cert, key };
}
