import { fetch, type Response } from 'undici';
import { proxySettings, wayOut } from './proxy.ts';

/** Longest wait for anything, in milliseconds; whoever asks ends it earlier. */
const SILENCE = 60_000;

/** What the time is where an address leads to, as its answer says, whatever it is; null: it does not say, or not in a way that can be read. */
export async function tellDate(
  url: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Date | null> {
  const { dispatcher } = wayOut(proxySettings(env), { silence: SILENCE });
  const response = await fetch(url, { method: 'HEAD', redirect: 'manual', signal, dispatcher });
  await response.body?.cancel();
  return dateOf(response);
}

/** What an answer says the time is; null: it does not say, or not in a way that can be read. */
export function dateOf({ headers }: Pick<Response, 'headers'>): Date | null {
  const date = new Date(headers.get('date') ?? NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}
