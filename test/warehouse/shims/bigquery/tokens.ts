import { createVerify, generateKeyPairSync, randomUUID } from 'node:crypto';

/** The key file of a service account, with the members that libraries read. */
export interface ServiceAccountKey {
  type: 'service_account';
  project_id: string;
  private_key_id: string;
  private_key: string;
  client_email: string;
  token_uri: string;
}

/** The answer of the token endpoint: an HTTP status and a JSON body. */
interface TokenAnswer {
  status: number;
  body: Record<string, unknown>;
}

const SCOPES = /\/auth\/(cloud-platform|cloud-platform\.read-only|bigquery|bigquery\.readonly)$/;

/** Issues access tokens for JWTs of one service account, and knows the ones that it issued. */
export class Tokens {
  readonly key: ServiceAccountKey;
  readonly #publicKey: string;
  readonly #valid = new Set<string>();

  constructor(projectId: string, tokenUri: string) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    this.#publicKey = publicKey;
    this.key = {
      type: 'service_account',
      project_id: projectId,
      private_key_id: randomUUID().replaceAll('-', ''),
      private_key: privateKey,
      client_email: `reader@${projectId}.iam.gserviceaccount.com`,
      token_uri: tokenUri,
    };
  }

  /** A token that the shim accepts, without the exchange. */
  issue(): string {
    const token = `ya29.${randomUUID()}`;
    this.#valid.add(token);
    return token;
  }

  isValid(header: string | undefined): boolean {
    const token = /^Bearer (.+)$/i.exec(header ?? '')?.[1];
    return token !== undefined && this.#valid.has(token);
  }

  expireAll(): void {
    this.#valid.clear();
  }

  /** https://developers.google.com/identity/protocols/oauth2/service-account#httprest, with a form as its body. */
  exchange(form: URLSearchParams): TokenAnswer {
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      return refused('unsupported_grant_type', 'Invalid grant_type: ' + form.get('grant_type'));
    }
    const wrong = this.#wrongWith(form.get('assertion') ?? '');
    if (wrong !== undefined) return refused('invalid_grant', wrong);
    return { status: 200, body: { access_token: this.issue(), expires_in: 3599, token_type: 'Bearer' } };
  }

  #wrongWith(assertion: string): string | undefined {
    const [head, claims, signature] = assertion.split('.');
    if (head === undefined || claims === undefined || signature === undefined) return 'Bad Request';
    const { alg } = decoded(head) as { alg?: string };
    if (alg !== 'RS256') return 'Invalid JWT Signature.';
    const verified = createVerify('RSA-SHA256')
      .update(`${head}.${claims}`)
      .verify(this.#publicKey, Buffer.from(signature, 'base64url'));
    if (!verified) return 'Invalid JWT Signature.';
    const { iss, aud, iat, exp, scope } = decoded(claims) as Record<string, unknown>;
    if (iss !== this.key.client_email) return 'Invalid grant: account not found';
    if (aud !== this.key.token_uri) return 'Invalid JWT: Failed audience check.';
    const now = Date.now() / 1000;
    const timely =
      typeof iat === 'number' && typeof exp === 'number' && exp > now && iat < now + 300 && exp - iat <= 3600;
    if (!timely) {
      return (
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. ' +
        'Check your iat and exp values in the JWT claim.'
      );
    }
    const scopes = typeof scope === 'string' ? scope.split(' ') : [];
    return scopes.some((one) => SCOPES.test(one))
      ? undefined
      : 'Invalid OAuth scope or ID token audience provided.';
  }
}

function refused(error: string, description: string): TokenAnswer {
  return { status: 400, body: { error, error_description: description } };
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return {};
  }
}
