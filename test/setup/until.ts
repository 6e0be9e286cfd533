import { setTimeout as sleep } from 'node:timers/promises';

/** Generous: the whole time passes only if something is wrong, and a busy machine must not fail a test. */
const SECONDS = 90;

/** Waits for a condition, {@link SECONDS} at most. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + SECONDS * 1_000; Date.now() < deadline; await sleep(20)) {
    if (await holds()) return;
  }
  throw new Error(`Waited ${SECONDS} seconds in vain until ${what}.`);
}
