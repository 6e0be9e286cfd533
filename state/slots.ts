import { setTimeout as sleep } from 'node:timers/promises';
import { withConnection, type State } from './state.ts';
import type { Client } from 'pg';

/** How long to wait before looking for a free slot again, in milliseconds; spread so that waiters do not meet. */
const PATIENCE = { base: 20, spread: 60 };

/**
 * Runs `call` while holding one of `slots` slots of a licence, over all workers. A slot is an advisory lock of a
 * connection of its own: a worker that dies gives it back by dying.
 */
export async function withSlot<T>(
  state: State,
  { licence, slots, signal }: { licence: string; slots: number; signal: AbortSignal },
  call: () => Promise<T>,
): Promise<T> {
  const [outcome] = await withConnection(state, async (client) => {
    const slot = await waitForSlot(client, licence, slots, signal);
    // The connection is healthy whatever becomes of the call: give the slot back before passing on its error.
    const settled = await Promise.allSettled([call()]);
    await client.query('select pg_advisory_unlock(hashtext($1), $2)', [licence, slot]);
    return settled;
  });
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

async function waitForSlot(
  client: Client,
  licence: string,
  slots: number,
  signal: AbortSignal,
): Promise<number> {
  for (;;) {
    for (let slot = 0; slot < slots; slot++) {
      const { rows: found } = await client.query<{ locked: boolean }>(
        'select pg_try_advisory_lock(hashtext($1), $2) as locked',
        [licence, slot],
      );
      if (found[0]?.locked) return slot;
    }
    await sleep(PATIENCE.base + Math.random() * PATIENCE.spread, undefined, { signal });
  }
}
