import { setTimeout as sleep } from 'node:timers/promises';

const FIRST = 50;
const LONGEST = 3_000;

/**
 * Asks until there is an answer, with pauses that grow from 50 ms to 3 seconds.
 * @param ask undefined: the statement runs
 * @param deadline milliseconds, as `performance.now()` counts them
 * @returns undefined if there was no answer up to the deadline
 * @throws the reason of the signal
 */
export async function poll<T>(
  ask: () => Promise<T | undefined>,
  deadline: number,
  signal: AbortSignal,
): Promise<T | undefined> {
  for (let pause = FIRST; ; pause = Math.min(2 * pause, LONGEST)) {
    signal.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    const left = deadline - performance.now();
    if (left <= 0) return undefined;
    await sleep(Math.min(pause, left), undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
