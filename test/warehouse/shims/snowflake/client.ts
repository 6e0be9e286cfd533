import { generateKeyPairSync, sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprint } from './auth.ts';

/** A key pair for tests. */
const KEYS = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT as the documentation describes it, with changed claims. */
export function jwt(claims: Record<string, unknown> = {}): string {
  const iat = Math.floor(Date.now() / 1000);
  const own = { iss: `ORG-ACCOUNT.LOADER.${fingerprint(KEYS.publicKey)}`, sub: 'ORG-ACCOUNT.LOADER' };
  const unsigned = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded({ ...own, iat, exp: iat + 3000, ...claims })}`;
  return `${unsigned}.${sign('RSA-SHA256', Buffer.from(unsigned), KEYS.privateKey).toString('base64url')}`;
}

/** The login of the shims in tests. */
export const LOGIN = {
  account: 'ORG-ACCOUNT',
  user: 'LOADER',
  publicKey: KEYS.publicKey,
  accessTokens: ['pat-1'],
};

/** Sends a request of the SQL API with a programmatic access token; other headers replace those of the same name. */
export function call(url: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  return fetch(`${url}/api/v2/statements${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: 'Bearer pat-1',
      'x-snowflake-authorization-token-type': 'PROGRAMMATIC_ACCESS_TOKEN',
      'content-type': 'application/json',
      accept: 'application/json',
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** An answer as far as the tests read it. */
export interface Answer {
  code: string;
  message: string;
  sqlState: string;
  statementHandle: string;
  statementHandles?: string[];
  data: (string | null)[][];
  resultSetMetaData: {
    numRows: number;
    partitionInfo: { rowCount: number; uncompressedSize: number; compressedSize?: number }[];
    rowType: { name: string; type: string; scale: number | null; precision: number | null }[];
  };
}

/** The parsed answer to a statement. */
export async function answer(url: string, statement: string, more: object = {}, path = ''): Promise<Answer> {
  return (await (await call(url, path, { statement, ...more })).json()) as Answer;
}

/** Asks for a statement until it no longer runs. */
export async function ended(url: string, handle: string): Promise<Response> {
  for (;;) {
    const response = await call(url, `/${handle}`);
    if (response.status !== 202) return response;
    await response.body?.cancel();
    await sleep(10);
  }
}
