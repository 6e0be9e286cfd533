import { setTimeout as sleep } from 'node:timers/promises';
import { withConnection, type State } from './state.ts';
import type { Client } from 'pg';

/** How long to wait before looking for a free slot again, in milliseconds; spread so that waiters do not meet. */
const PATIENCE = { base: 20, spread: 60 };

/**
 * Runs `call` while holding one of `slots` slots of a licence, over all workers. A slot is an advisory lock of a transaction
 * on a connection of its own: a worker that dies gives it back by dying. Of a transaction and not of a session, so that it
 * works through a pooler; the transaction reads no table, so it keeps nobody's rows from being vacuumed.
 */
export async function withSlot<T>(
  state: State,
  { licence, slots, signal }: { licence: string; slots: number; signal: AbortSignal },
  call: () => Promise<T>,
): Promise<T> {
  const [outcome] = await withConnection(state, async (client) => {
    // A call may take longer than a transaction may usually be idle.
    await client.query(`begin; set local idle_in_transaction_session_timeout = 0`);
    await waitForSlot(client, licence, slots, signal);
    // The connection is healthy whatever becomes of the call: give the slot back before passing on its error.
    const settled = await Promise.allSettled([call()]);
    await client.query('commit');
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
): Promise<void> {
  for (;;) {
    for (let slot = 0; slot < slots; slot++) {
      const { rows: found } = await client.query<{ locked: boolean }>(
        'select pg_try_advisory_xact_lock(hashtext($1), $2) as locked',
        [licence, slot],
      );
      if (found[0]?.locked) return;
    }
    await sleep(PATIENCE.base + Math.random() * PATIENCE.spread, undefined, { signal });
  }
}
