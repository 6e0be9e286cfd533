import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningProcess } from './processes.ts';

const PAUSE = 50;
/** Generous, as a busy machine starts several servers at a time. */
const LIMIT = 120_000;

/**
 * Waits until `answers` resolves to true, asking again and again.
 * @throws Error with the last lines of the server's output when it ends meanwhile, or does not answer within two minutes
 */
export async function untilItAnswers(
  what: string,
  server: RunningProcess,
  answers: () => Promise<boolean>,
): Promise<void> {
  let ended: string | undefined;
  void server.exited.then(
    (code) => (ended = `ended with exit code ${code}`),
    (error) => (ended = `could not be started (${(error as Error).message})`),
  );
  try {
    for (const deadline = Date.now() + LIMIT; ; await sleep(PAUSE)) {
      if (ended === undefined && (await answers())) return;
      if (Date.now() > deadline) ended ??= `did not answer within ${LIMIT / 1000} seconds`;
      if (ended !== undefined)
        throw new Error(`${what} ${ended}. Its last output:\n${server.output().trim()}`);
    }
  } catch (error) {
    await server.stop().catch(() => undefined); // it is the start that failed: that is what is reported
    throw error;
  }
}
