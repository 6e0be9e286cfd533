import type { Knex } from 'knex';
import { checkFence, type Fence } from '../runs/lease.ts';
import type { State } from '../state.ts';
import { LONGEST_PAUSE } from '../transactions.ts';

/**
 * A fenced transaction about the imports of a profile table, one at a time: its activations share a quota, and files. The
 * table's lock comes first, then the own activation's row, then those of other activations; so nobody who waits for the
 * table holds a row that another one needs. `retries`: members that are only sent again; the activation's row then notes
 * when, so it is locked for writing from the start.
 * @throws Failure RunSuperseded
 */
export async function inTurn<T>(
  state: State,
  fence: Fence,
  { quotaKey, retries }: { quotaKey: string; retries: number },
  write: (trx: Knex.Transaction) => Promise<T>,
): Promise<T> {
  return state.transaction(async (trx) => {
    await trx.raw(
      `select set_config('idle_in_transaction_session_timeout', '${LONGEST_PAUSE}', true),
              pg_advisory_xact_lock(hashtextextended(?, 0))`,
      [`quota ${quotaKey}`],
    );
    await checkFence(trx, fence, { lock: retries > 0 ? 'no key update' : 'share' });
    return write(trx);
  });
}
