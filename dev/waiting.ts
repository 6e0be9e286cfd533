import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningProcess } from './processes.ts';

const PAUSE = 50;
/** Long, because several servers start at the same time on a busy machine. */
const LIMIT = 120_000;

/**
 * Waits until `answers` resolves to true, and calls it repeatedly.
 * @throws Error with the end of the server's output when the server ends, or does not answer within two minutes
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
    await server.stop().catch(() => undefined); // a failed stop must not hide the error of the start
    throw error;
  }
}
