import { setTimeout as sleep } from 'node:timers/promises';
import { shortText, type HttpAnswer } from './answer.ts';

/** Statuses of a server, or of a gateway before it, that did not process the request and asks to repeat it. */
const BUSY = [429, 502, 503, 504];
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

/**
 * Sends a request again while the server is busy, after pauses that grow from 100 ms to 5 seconds, or are as long as the
 * server asks for.
 * @param limit the milliseconds after which the last answer is returned, whatever its status
 */
export async function whileBusy(
  ask: (attempt: number) => Promise<HttpAnswer>,
  { limit, signal, accepts = [] }: { limit: number; signal?: AbortSignal; accepts?: number[] },
): Promise<HttpAnswer> {
  const until = performance.now() + limit;
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(attempt);
    if (!isBusy(answer) || accepts.includes(answer.status)) return answer;
    const own = Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE) * (0.5 + Math.random());
    const pause = Math.max(own, retryAfterOf(answer) ?? 0);
    if (performance.now() + pause > until) return answer;
    await shortText(answer);
    await sleep(pause, undefined, { signal });
  }
}

/** Whether the request was not processed, and can be sent again later. */
export function isBusy({ status }: Pick<HttpAnswer, 'status'>): boolean {
  return BUSY.includes(status);
}

/** The pause that an answer asks for by Retry-After, in seconds or as a date; in milliseconds. */
export function retryAfterOf({ headers }: Pick<HttpAnswer, 'headers'>): number | undefined {
  const text = headers['retry-after'] ?? '';
  const pause = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(pause) ? undefined : Math.max(pause, 0);
}
