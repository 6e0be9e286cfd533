import { setTimeout as sleep } from 'node:timers/promises';
import { stateFailure } from '../../state/failures.ts';
import type { ImportJob } from './job.ts';

/** Milliseconds between two tries to record an answer; then the activity fails, and its next attempt knows less. */
const BACKOFF = [250, 500, 1_000, 2_000, 4_000, ...Array.from({ length: 10 }, () => 5_000)];

/**
 * Records what Actito answered, and waits for a state database that is away for a minute: an answer that is not recorded
 * is lost, which costs an import of the day's quota and sends the file a second time. `write` may be repeated.
 */
export async function untilRecorded(
  { signal }: Pick<ImportJob, 'signal'>,
  write: () => Promise<void>,
  backoff: readonly number[] = BACKOFF,
): Promise<void> {
  for (const pause of backoff) {
    try {
      return await write();
    } catch (error) {
      if (stateFailure(error)?.type !== 'StateUnavailable') throw error;
    }
    await sleep(pause, undefined, { signal });
  }
  return write();
}
