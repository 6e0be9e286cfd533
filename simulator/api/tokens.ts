import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { Refusal } from '../refusal.ts';

const LIFETIME_SECONDS = 900;

/** The opaque access tokens of a license, each valid for 900 seconds. */
export class Tokens {
  readonly #apiKey: string;
  readonly #clock: Clock;
  /** When each token expires, in milliseconds since the epoch. */
  readonly #ends = new Map<string, number>();

  constructor(apiKey: string, clock: Clock) {
    this.#apiKey = apiKey;
    this.#clock = clock;
  }

  /** @param authorization the raw API key, without a scheme. @throws Refusal 401 for any other value. */
  issue(authorization: string | undefined) {
    if (authorization !== this.#apiKey) throw new Refusal(401, 'The API key is not valid.');
    const accessToken = randomBytes(24).toString('base64url');
    this.#ends.set(accessToken, this.#clock.now() + LIFETIME_SECONDS * 1000);
    return {
      accessToken,
      tokenType: 'bearer',
      expiresIn: `${LIFETIME_SECONDS}s`,
      scope: 'read write',
      jti: randomUUID(),
    };
  }

  /** @param authorization `Bearer <token>`. @throws Refusal 401 when the token is unknown or has expired. */
  check(authorization: string | undefined): void {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '';
    const end = this.#ends.get(token);
    if (end === undefined) throw new Refusal(401, 'The access token is not known.');
    if (this.#clock.now() < end) return;
    this.#ends.delete(token);
    throw new Refusal(401, 'The access token has expired.');
  }

  forget(): void {
    this.#ends.clear();
  }
}
