import { fetch } from 'undici';
import { proxySettings, wayOut } from './proxy.ts';

/** Longest wait for anything, in milliseconds; whoever asks ends it earlier. */
const SILENCE = 60_000;

/** What the time is where an address leads to, as its answer says, whatever it is; null: it does not say. */
export async function tellDate(
  url: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string | null> {
  const { dispatcher } = wayOut(proxySettings(env), { silence: SILENCE });
  const response = await fetch(url, { method: 'HEAD', redirect: 'manual', signal, dispatcher });
  await response.body?.cancel();
  return response.headers.get('date');
}
