import { z } from 'zod';
import type { Source } from '../../activation/definition/source.ts';
import { Failure } from '../../contract/failure.ts';
import { shortText } from '../http/answer.ts';
import type { RestClient } from '../rest/client.ts';
import type { SecretOf } from '../source.ts';

/** How to log in, with the secrets. */
export type Login = { token: string } | { clientId: string; clientSecret: string };

/** The login in a source's connection, with the secrets of the environment. */
export function databricksLogin(
  { clientId, clientSecret, token }: Extract<Source, { driver: 'databricks' }>['connection'],
  secret: SecretOf,
): Login {
  if (token) return { token: secret('token', token) };
  return { clientId: clientId!, clientSecret: secret('clientSecret', clientSecret!) };
}

/** A token is replaced this many milliseconds before its end, but not before half of its life. */
const RESERVE = 10 * 60_000;
const EXPECTED = 'JSON with access_token';
const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() });

/**
 * Returns what gives the headers of a call: a personal access token, or a token of a service principal, which is
 * requested when it is needed and renewed in time.
 * @see https://docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m
 */
export function authorization(client: RestClient, login: Login) {
  if ('token' in login) return async () => headersOf(login.token);
  let renewal = 0;
  let headers: Promise<Record<string, string>> | undefined;
  return () => {
    if (headers === undefined || performance.now() >= renewal) {
      renewal = Infinity;
      headers = request(client, login).then(({ access_token: token, expires_in: seconds }) => {
        const life = seconds * 1_000;
        renewal = performance.now() + Math.max(life - RESERVE, life / 2);
        return headersOf(token);
      });
      headers.catch(() => (headers = undefined));
    }
    return headers;
  };
}

async function request(
  client: RestClient,
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
): Promise<z.infer<typeof tokenAnswer>> {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const answer = await client.send({
    method: 'POST',
    url: '/oidc/v1/token',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials&scope=all-apis',
  });
  const { status } = answer;
  if (status >= 400 && status < 500) {
    await shortText(answer);
    const check = ['host', 'clientId', 'clientSecret'];
    const code = `HTTP status ${status}`;
    throw new Failure('sourceLoginRefused', { connection: client.host, check, code });
  }
  const token = tokenAnswer.safeParse(await client.json(answer));
  if (!token.success) throw client.unreadable(status, EXPECTED);
  return token.data;
}

function headersOf(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
