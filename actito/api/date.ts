import { fetch, type Response } from 'undici';
import { proxySettings, wayOut } from './proxy.ts';

/** The maximum wait in milliseconds; the caller's signal can end it earlier. */
const SILENCE = 60_000;

/**
 * Returns the time of the server at an address, from the Date header of any answer; null if there is no readable one.
 */
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

/** Returns the time in the Date header of an answer; null if there is no readable one. */
export function dateOf({ headers }: Pick<Response, 'headers'>): Date | null {
  const date = new Date(headers.get('date') ?? NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}
