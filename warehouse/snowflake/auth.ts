import { createHash, createPrivateKey, createPublicKey, createSign, type KeyObject } from 'node:crypto';
import type { Source } from '../../activation/definition/source.ts';
import { Failure } from '../../contract/failure.ts';
import type { SecretOf } from '../source.ts';

/** How to log in, with the secrets. */
export type Login =
  | {
      user: string;
      /** PEM, PKCS#8 or PKCS#1. */
      privateKey: string;
      passphrase?: string;
    }
  | { token: string };

/** The login in a source's connection, with the secrets of the environment. */
export function snowflakeLogin(
  { user, privateKey, passphrase, token }: Extract<Source, { driver: 'snowflake' }>['connection'],
  secret: SecretOf,
): Login {
  if (token) return { token: secret('token', token) };
  return {
    user: user!,
    privateKey: secret('privateKey', privateKey!),
    passphrase: passphrase && secret('passphrase', passphrase),
  };
}

/** Snowflake accepts one hour at most. */
const LIFE = 59 * 60;
/** A token is replaced this many seconds before its end. */
const RESERVE = 10 * 60;

/**
 * Returns what gives the headers of a call. A JSON Web Token is signed by the private key, and renewed in time.
 * @see https://docs.snowflake.com/en/developer-guide/sql-api/authenticating
 * @throws Failure ConfigurationInvalid (the key cannot be used)
 */
export function authorization(account: string, connection: string, login: Login) {
  if ('token' in login) {
    const headers = headersOf(login.token, 'PROGRAMMATIC_ACCESS_TOKEN');
    return () => headers;
  }
  const key = readKey(login, connection);
  const subject = `${accountName(account)}.${login.user.toUpperCase()}`;
  const issuer = `${subject}.${fingerprint(key)}`;
  let ends = 0;
  let headers: Record<string, string> = {};
  return () => {
    const now = Math.floor(Date.now() / 1_000);
    if (now > ends - RESERVE) {
      ends = now + LIFE;
      const token = signed({ iss: issuer, sub: subject, iat: now, exp: ends }, key);
      headers = headersOf(token, 'KEYPAIR_JWT');
    }
    return headers;
  };
}

/** A locator's region is no part of the name in a token. */
function accountName(account: string): string {
  return account.split('.')[0]!.toUpperCase();
}

function headersOf(token: string, type: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, 'x-snowflake-authorization-token-type': type };
}

function readKey(
  { privateKey, passphrase }: { privateKey: string; passphrase?: string },
  connection: string,
): KeyObject {
  try {
    const key = createPrivateKey({ key: privateKey, format: 'pem', passphrase });
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // what OpenSSL says about the key is not shown
  }
  const expected = 'an RSA private key in PEM, with the right passphrase if it is encrypted';
  throw new Failure('sourceSettingUnusable', { connection, setting: 'privateKey', expected });
}

/** The hash by which Snowflake knows the public key; `DESCRIBE USER` shows it as RSA_PUBLIC_KEY_FP. */
function fingerprint(key: KeyObject): string {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(der).digest('base64')}`;
}

function signed(claims: Record<string, unknown>, key: KeyObject): string {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}
