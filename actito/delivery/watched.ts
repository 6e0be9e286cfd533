import type { Attempts } from './attempts.ts';

/**
 * Yields the parts of a download. Each wait ends immediately on cancellation, and errors become failures. Leaving the
 * loop early ends the transfer.
 */
export async function* watched<Step>(
  attempts: Attempts<Step>,
  step: Step,
  download: () => AsyncGenerator<Buffer, void>,
): AsyncGenerator<Buffer, void> {
  const parts = download();
  try {
    for (;;) {
      const next = await attempts.run(step, () => parts.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // If the connection is gone, the download may wait forever. What was read is not affected by its end.
    if (!attempts.isOver) await attempts.run(step, () => parts.return()).catch(() => undefined);
  }
}
