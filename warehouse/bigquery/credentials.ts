import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { request, type Dispatcher } from 'undici';
import { z } from 'zod';
import { Failure } from '../../contract/failure.ts';
import { knownCode } from '../../contract/foreign.ts';
import { jsonOf } from '../json.ts';
import { optional } from '../library.ts';
import { within, type Timeouts } from './waits.ts';

/** `cloud-platform` allows what the roles of the account allow; the Storage Read API accepts no narrower scope. */
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const LIBRARY = 'google-auth-library';
/** A token is replaced before it expires, in milliseconds. */
const EARLY = 120_000;

interface Token {
  token: string;
  /** By this machine's clock, in milliseconds since 1970. */
  expires: number;
}

/** Returns a token that is still valid. @param isRefused the last one was refused, so get another */
export type TokenSource = (isRefused?: boolean) => Promise<Token>;

/** The members that we need: https://developers.google.com/identity/protocols/oauth2/service-account#httprest */
const serviceAccount = z.object({
  type: z.literal('service_account'),
  client_email: z.string(),
  private_key: z.string(),
  private_key_id: z.string().optional(),
  token_uri: z.url({ protocol: /^https?$/ }).default('https://oauth2.googleapis.com/token'),
});
type ServiceAccount = z.infer<typeof serviceAccount>;

interface Access {
  /** The warehouse in messages. */
  connection: string;
  project: string;
  /** The environment variable with credentials, and its content; undefined: Application Default Credentials. */
  credentials?: { variable: string; text: string };
  dispatcher: Dispatcher;
  timeouts: Timeouts;
}

/**
 * Returns where tokens come from. A key of a service account is exchanged here; everything else is google-auth-library's.
 * @throws Failure ConfigurationInvalid (credentials that are not JSON, an unusable key, the library is missing)
 */
export async function tokenSource(access: Access): Promise<TokenSource> {
  const { connection, credentials } = access;
  if (!credentials) return cached(await ofLibrary(access));
  const setting = credentials.variable;
  const unusable = (expected: string) =>
    new Failure('sourceSettingUnusable', { connection, setting, expected });
  const json = jsonOf(credentials.text);
  if (typeof json !== 'object' || json === null) throw unusable("the JSON of a service account's key");
  if ((json as { type?: unknown }).type !== 'service_account') return cached(await ofLibrary(access, json));
  const { data: account } = serviceAccount.safeParse(json);
  if (!account) throw unusable('a whole key of a service account, with client_email and private_key');
  let key: KeyObject;
  try {
    key = createPrivateKey(account.private_key);
  } catch {
    throw unusable('a key of a service account whose private_key is a PEM text');
  }
  return cached(() => exchange(account, key, access));
}

function cached(fetchToken: () => Promise<Token>): TokenSource {
  let last: Promise<Token> | undefined;
  return async (isRefused = false) => {
    const known = isRefused ? undefined : await last?.catch(() => undefined);
    if (known && Date.now() < known.expires - EARLY) return known;
    last = fetchToken();
    return last;
  };
}

/** Exchanges a signed JWT for an access token. */
async function exchange(
  { client_email, private_key_id, token_uri }: ServiceAccount,
  key: KeyObject,
  { connection, dispatcher, timeouts: { answer } }: Access,
): Promise<Token> {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: client_email, scope: SCOPE, aud: token_uri, iat, exp: iat + 3600 };
  const parts = [{ alg: 'RS256', typ: 'JWT', kid: private_key_id }, claims];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const assertion = `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
  const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const { statusCode, body } = await request(token_uri, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type, assertion }).toString(),
    headersTimeout: answer,
    bodyTimeout: answer,
  });
  const text = await body.text();
  const { access_token, expires_in, error } = (jsonOf(text) ?? {}) as Record<string, unknown>;
  if (statusCode === 200 && typeof access_token === 'string') {
    const seconds = typeof expires_in === 'number' ? expires_in : 3600;
    return { token: access_token, expires: Date.now() + seconds * 1000 };
  }
  const code = `OAuth ${typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : `HTTP status ${statusCode}`}`;
  if (isTemporary(statusCode)) throw new Failure('sourceBrokeOff', { connection, code });
  const check = ['the key of the service account', 'the clock of this machine'];
  throw new Failure('sourceLoginRefused', { connection, check, code }, { words: text });
}

function isTemporary(status: number): boolean {
  return status === 429 || status >= 500;
}

/** Workload identity and Application Default Credentials, by Google's library. */
async function ofLibrary(access: Access, credentials?: object): Promise<() => Promise<Token>> {
  const { connection, project: projectId, timeouts } = access;
  const library = await optional(import('google-auth-library'), 'bigquery', LIBRARY);
  return async () => {
    // with its project, because the library would look for one: by the gcloud command, or at another service
    const auth = new library.GoogleAuth({ scopes: SCOPE, projectId, ...(credentials && { credentials }) });
    try {
      const client = await within(timeouts.answer, auth.getClient());
      const { token } = await within(timeouts.answer, client.getAccessToken());
      const { expiry_date } = client.credentials;
      if (token) return { token, expires: expiry_date ?? Date.now() + 2 * EARLY };
    } catch (error) {
      const code = knownCode(error);
      if (code !== undefined && /^(E[A-Z]+|UND_ERR_\w+)$/.test(code)) throw error;
      const words = error instanceof Error ? error.message : undefined;
      const { status } = error as { status?: unknown };
      if (typeof status !== 'number' || !isTemporary(status)) throw refused(words);
      throw new Failure('sourceBrokeOff', { connection, code: `OAuth HTTP status ${status}` }, { words });
    }
    throw refused();
  };

  function refused(words?: string): Failure {
    const check = credentials
      ? ['the credentials, and the service that they name']
      : ['the Application Default Credentials of the worker, or set credentials of the source'];
    return new Failure('sourceLoginRefused', { connection, check, code: LIBRARY }, { words });
  }
}
