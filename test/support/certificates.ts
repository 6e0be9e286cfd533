import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** Files in PEM: an authority, a certificate for `localhost` and one for the user `bearer`, both signed by it. */
export interface Certificates {
  ca: string;
  /** An authority that has signed nothing. */
  other: string;
  server: { cert: string; key: string };
  client: { cert: string; key: string };
}

const HOUR = 3_600_000;

/** Creates them in a folder that the caller removes. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const authority = () =>
    signed('an authority', { extensions: [{ name: 'basicConstraints', cA: true, critical: true }] });
  const [ca, other] = [await authority(), await authority()];
  const by = { ca: { key: ca.private, cert: ca.cert } };
  const altNames = [{ type: 2 as const, value: 'localhost' }];
  const [server, client] = [
    await signed('localhost', { extensions: [{ name: 'subjectAltName', altNames }], ...by }),
    await signed('bearer', { extensions: [], ...by }),
  ];
  const file = async (name: string, content: string) => {
    const path = join(folder, name);
    await writeFile(path, content, { mode: name.endsWith('.key') ? 0o600 : 0o644 });
    return path;
  };
  const pair = async (name: string, { cert, private: key }: { cert: string; private: string }) => ({
    cert: await file(`${name}.pem`, cert),
    key: await file(`${name}.key`, key),
  });
  return {
    ca: await file('ca.pem', ca.cert),
    other: await file('other.pem', other.cert),
    server: await pair('server', server),
    client: await pair('client', client),
  };
}

function signed(name: string, options: object) {
  const since = new Date(Date.now() - HOUR);
  return generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: since,
    ...options,
  });
}
