import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../contract/failure.ts';
import { progress } from '../progress.ts';

/** Pauses between looks, in milliseconds, before Temporal waits instead. */
const PAUSES = [100, 200, 400, 800, 1_500, 3_000];
const LATER = 15_000;

/**
 * Looks until there is something to see, some seconds long.
 * @param look what it sees, or null: not yet
 * @throws Failure ListPending
 */
export async function untilSeen<T>(look: () => Promise<T | null>, signal: AbortSignal): Promise<T> {
  const report = progress();
  for (const pause of [0, ...PAUSES]) {
    if (pause > 0) await sleep(pause, undefined, { signal });
    const seen = await look();
    report(0);
    if (seen !== null) return seen;
  }
  throw new Failure('listNotRetrieved', {}, { retryAfter: LATER });
}
