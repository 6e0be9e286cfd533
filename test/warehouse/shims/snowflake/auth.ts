import { createHash, createPublicKey, verify } from 'node:crypto';
import type { SeenRequest } from '../server.ts';

/** Who may log in. */
export interface Login {
  /** The account identifier, such as MYORGANIZATION-MYACCOUNT. */
  account: string;
  user: string;
  /** The public key of the user, PEM. */
  publicKey?: string;
  /** Programmatic access tokens of the user. */
  accessTokens?: string[];
}

/** The body of an answer 401. */
interface Refusal {
  code: string;
  message: string;
}

const INVALID_JWT = { code: '390144', message: 'JWT token is invalid.' };
const HOUR = 3_600;

/**
 * Why the login is refused, or undefined. The token's type is the header's; without it, the token is examined:
 * https://docs.snowflake.com/en/developer-guide/sql-api/authenticating
 */
export function refusal({ headers }: SeenRequest, login: Login): Refusal | undefined {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (!token) return { code: '390101', message: 'Authorization header not found in the request data.' };
  const declared = headers['x-snowflake-authorization-token-type'];
  const type = declared || (token.split('.').length === 3 ? 'KEYPAIR_JWT' : 'PROGRAMMATIC_ACCESS_TOKEN');
  if (type === 'KEYPAIR_JWT') return acceptsJwt(token, login) ? undefined : INVALID_JWT;
  if (type === 'PROGRAMMATIC_ACCESS_TOKEN') {
    if (login.accessTokens?.includes(token)) return undefined;
    return { code: '394400', message: 'Programmatic access token is invalid.' };
  }
  return { code: '390303', message: 'Invalid OAuth access token. ' };
}

/** RS256, by the user's key, with the documented issuer and subject, and not older than an hour. */
function acceptsJwt(token: string, { account, user, publicKey }: Login): boolean {
  const [head, payload, signature, more] = token.split('.');
  if (!publicKey || !head || !payload || !signature || more !== undefined) return false;
  const { alg } = decoded(head);
  const { iss, sub, iat, exp } = decoded(payload);
  const signed = Buffer.from(`${head}.${payload}`);
  if (alg !== 'RS256' || !verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))) {
    return false;
  }
  const now = Date.now() / 1000;
  const [issued, expires] = [inSeconds(iat), inSeconds(exp)];
  return (
    iss === `${account}.${user}.${fingerprint(publicKey)}` &&
    sub === `${account}.${user}` &&
    issued <= now + 60 &&
    Math.min(expires, issued + HOUR) > now
  );
}

function decoded(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {}; // no JWT: refused
  }
}

/** The claims `iat` and `exp` may be in seconds or milliseconds. */
function inSeconds(time: unknown): number {
  if (typeof time !== 'number') return NaN;
  return time > 1e11 ? time / 1000 : time;
}

/** `SHA256:` and the base64 of the hash of the key's DER (SubjectPublicKeyInfo). */
export function fingerprint(publicKey: string): string {
  const der = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(der).digest('base64')}`;
}
