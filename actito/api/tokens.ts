/** D: a token lives 15 minutes; it is renewed before. */
const TOKEN_LIFE = 13 * 60_000;

interface Entry {
  token: Promise<string>;
  /** By the monotonic clock: a clock that is set meanwhile makes a token neither older nor younger. */
  renewAt: number;
}

/** Tokens by base URL and API key; all activities of a worker share them, also one that is being fetched. */
const entries = new Map<string, Entry>();

/** The token under `key`, fetched with `fetchToken` when there is none that is fresh. */
export async function tokenFor(key: string, fetchToken: () => Promise<string>): Promise<string> {
  const known = entries.get(key);
  if (known && known.renewAt > performance.now()) {
    const token = await known.token.catch(() => null); // who fetched it failed, or was cancelled: then we do
    if (token !== null) return token;
  }
  const entry = { token: fetchToken(), renewAt: performance.now() + TOKEN_LIFE };
  entries.set(key, entry);
  entry.token.catch(() => forget(key, entry));
  return entry.token;
}

/** Fetches a token although there may be one that is fresh, which stays the one in use when this fails. */
export async function renewToken(key: string, fetchToken: () => Promise<string>): Promise<void> {
  const token = await fetchToken();
  entries.set(key, { token: Promise.resolve(token), renewAt: performance.now() + TOKEN_LIFE });
}

/** Forgets a token that Actito no longer accepts, unless it has been renewed meanwhile. */
export async function forgetToken(key: string, token: string): Promise<void> {
  const known = entries.get(key);
  if (known && (await known.token.catch(() => null)) === token) forget(key, known);
}

function forget(key: string, entry: Entry): void {
  if (entries.get(key) === entry) entries.delete(key);
}
