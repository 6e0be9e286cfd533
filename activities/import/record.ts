import { setTimeout as sleep } from 'node:timers/promises';
import { stateFailure } from '../../state/failures.ts';
import type { ImportJob } from './job.ts';

/**
 * Milliseconds between attempts to record an answer. After them the activity fails, and its next attempt does not know
 * the answer.
 */
const PAUSES = [250, 500, 1_000, 2_000, 4_000, ...Array.from({ length: 10 }, () => 5_000)];

/**
 * Records an answer of Actito, and waits up to a minute for an unavailable state database. An answer that is not
 * recorded is lost, which costs an import of the day's quota and sends the file a second time. `write` may be repeated.
 */
export async function untilRecorded(
  { signal }: Pick<ImportJob, 'signal'>,
  write: () => Promise<void>,
): Promise<void> {
  for (const pause of PAUSES) {
    try {
      return await write();
    } catch (error) {
      if (stateFailure(error)?.type !== 'StateUnavailable') throw error;
    }
    await sleep(pause, undefined, { signal });
  }
  return write();
}
