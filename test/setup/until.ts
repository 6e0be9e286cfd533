import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition, 30 seconds at most. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(20)) {
    if (await holds()) return;
  }
  throw new Error(`Waited 30 seconds in vain until ${what}.`);
}
