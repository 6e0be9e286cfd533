import { randomUUID } from 'node:crypto';
import type { SeenRequest } from '../server.ts';

/** Who may log in. */
export interface Login {
  /** Personal access tokens. */
  tokens?: string[];
  /** The service principal of OAuth M2M. */
  client?: { id: string; secret: string };
  /** How long an OAuth token is valid, in seconds; one hour in the documentation. */
  tokenSeconds?: number;
}

/** An answer about tokens. */
interface TokenAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** Tokens of a workspace: https://docs.databricks.com/dev-tools/auth/oauth-m2m.html */
export class Tokens {
  private readonly login: Login;
  /** The time at which each issued token expires, in milliseconds. */
  private readonly issued = new Map<string, number>();

  constructor(login: Login) {
    this.login = login;
  }

  /** `POST /oidc/v1/token` with HTTP Basic, `grant_type=client_credentials` and `scope=all-apis`. */
  issue({ headers, text }: SeenRequest): TokenAnswer {
    const { client, tokenSeconds = 3600 } = this.login;
    const form = new URLSearchParams(text);
    const basic = client && `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
    if (!basic || headers.authorization !== basic) {
      return refused(401, 'invalid_client', 'Client authentication failed');
    }
    if (form.get('grant_type') !== 'client_credentials') {
      return refused(400, 'unsupported_grant_type', 'Only client_credentials is supported');
    }
    if (form.get('scope') !== 'all-apis') return refused(400, 'invalid_scope', 'The scope must be all-apis');
    const token = randomUUID();
    this.issued.set(token, Date.now() + tokenSeconds * 1000);
    const body = { access_token: token, scope: 'all-apis', token_type: 'Bearer', expires_in: tokenSeconds };
    return { status: 200, body };
  }

  /** Why a request is refused; undefined if it has a valid token. Both answers were recorded from the service. */
  refusal({ headers }: SeenRequest): TokenAnswer | undefined {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) {
      const message = 'Credential was not sent or was of an unsupported type for this API.';
      return { status: 401, body: { error_code: 401, message } };
    }
    const isValid = (this.login.tokens ?? []).includes(token) || (this.issued.get(token) ?? 0) > Date.now();
    return isValid ? undefined : { status: 403, body: { error_code: 403, message: 'Invalid access token.' } };
  }
}

const refused = (status: number, error: string, description: string): TokenAnswer => ({
  status,
  body: { error, error_description: description },
});
