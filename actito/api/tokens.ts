/** D: a token is valid for 15 minutes; it is renewed earlier. */
const TOKEN_LIFE = 13 * 60_000;

interface Entry {
  token: Promise<string>;
  /** By the monotonic clock, so changing the system time does not change a token's age. */
  renewAt: number;
}

/** Tokens by base URL and API key, also those that are being fetched. All activities of a worker share them. */
const entries = new Map<string, Entry>();

/** Returns the token of `key`, and fetches it with `fetchToken` if there is no fresh one. */
export async function tokenFor(key: string, fetchToken: () => Promise<string>): Promise<string> {
  const known = entries.get(key);
  if (known && known.renewAt > performance.now()) {
    const token = await known.token.catch(() => null); // its activity has ended, so this one fetches a token
    if (token !== null) return token;
  }
  const entry = { token: fetchToken(), renewAt: performance.now() + TOKEN_LIFE };
  entries.set(key, entry);
  entry.token.catch(() => forget(key, entry));
  return entry.token;
}

/** Fetches a token even if there is a fresh one. If this fails, the current token stays in use. */
export async function renewToken(key: string, fetchToken: () => Promise<string>): Promise<void> {
  const token = await fetchToken();
  entries.set(key, { token: Promise.resolve(token), renewAt: performance.now() + TOKEN_LIFE });
}

/** Removes a token that Actito no longer accepts, unless it was renewed meanwhile. */
export async function forgetToken(key: string, token: string): Promise<void> {
  const known = entries.get(key);
  if (known && (await known.token.catch(() => null)) === token) forget(key, known);
}

function forget(key: string, entry: Entry): void {
  if (entries.get(key) === entry) entries.delete(key);
}
