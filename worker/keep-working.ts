import { setTimeout as sleep } from 'node:timers/promises';
import { TransportError, UnexpectedError } from '@temporalio/worker';
import { BACKOFF } from '../activation/periods.ts';
import { Failure, isFailure } from '../contract/failure.ts';
import { temporalCode } from '../contract/grpc.ts';

/** The parts of a worker that are needed here. */
export interface Working {
  /** Runs until it is told to stop. @throws whatever else ended it */
  run(): Promise<void>;
  /** Whether it has failed, even if `run` does not end. */
  hasFailed(): boolean;
  /** Releases its resources. */
  close(): Promise<void>;
}

/** The settings of a worker's life. */
export interface Life {
  /** Starts a worker. */
  start: () => Promise<Working>;
  /**
   * Called with the reason why the worker stopped or could not be restarted, and the milliseconds until the next
   * attempt.
   */
  onInterruption: (error: unknown, pause: number) => void;
  /** Whether the worker was told to stop; then it is not restarted. */
  isTold: () => boolean;
  /** Milliseconds between attempts to restart: the first, and the longest. */
  backoff?: { first: number; longest: number };
  /** The milliseconds in which a failed worker must end. */
  letGo?: number;
}

/** In milliseconds: how often the worker is checked for a request to stop and for a failure. */
const LOOK = 500;
/** In milliseconds; a worker ends faster. */
const LET_GO = 15_000;

/**
 * Works until told to stop. Temporal's library waits for a server that does not answer. If its `run()` ends with an
 * error of Temporal, a new worker with new connections replaces it. `run()` does not always end: if a server refuses
 * all calls, the library can fail the worker and keep waiting for it. Then nothing in this process can release the
 * worker's resources, so the process must end, and its supervisor restarts it.
 * @throws what prevents the first worker from starting, what ends a worker for any other reason, the configuration
 *   failure that prevents a later one from starting, and TemporalUnavailable for a failed worker that does not end
 */
export async function keepWorking(life: Life): Promise<void> {
  const { start, onInterruption, isTold, backoff = BACKOFF, letGo = LET_GO } = life;
  let working = await start();
  for (;;) {
    try {
      await runToItsEnd(working, letGo);
      return await working.close();
    } catch (error) {
      if (isTold() || !isTemporals(error)) throw error;
      onInterruption(error, backoff.first);
    }
    await working.close().catch(() => undefined); // errors of connections that are broken anyway
    const next = await startAgain({ start, onInterruption, isTold, backoff });
    if (!next) return;
    working = next;
  }
}

/** @throws the error of `run`; Failure if the worker has failed and `run` does not end */
async function runToItsEnd(working: Working, letGo: number): Promise<void> {
  const ended = new AbortController();
  const running = working.run().finally(() => ended.abort());
  await Promise.race([running, endlessFailure(working, letGo, ended.signal)]);
  await running; // when `run` fails, the other one ends too, and may win
}

/** Throws if the worker has failed and does not end in time; returns if `run` has ended before. */
async function endlessFailure(working: Working, letGo: number, ended: AbortSignal): Promise<void> {
  let failedFor = 0;
  for (let asked = performance.now(); failedFor < letGo; asked = performance.now()) {
    const isOver = await sleep(Math.min(LOOK, letGo), false, { signal: ended }).catch(() => true);
    if (isOver) return;
    failedFor = working.hasFailed() ? failedFor + performance.now() - asked : 0;
  }
  throw new Failure('workerNotLetGo', { seconds: letGo / 1_000 });
}

/** @returns undefined if the worker was told to stop meanwhile */
async function startAgain({ start, onInterruption, isTold, backoff }: Required<Omit<Life, 'letGo'>>) {
  for (let pause = backoff.first; ; pause = Math.min(pause * 2, backoff.longest)) {
    for (let waited = 0; waited < pause && !isTold(); waited += LOOK)
      await sleep(Math.min(LOOK, pause - waited));
    if (isTold()) return undefined;
    try {
      const working = await start();
      if (!isTold()) return working;
      await working.close();
      return undefined;
    } catch (error) {
      if (!isFailure(error) || !error.retryable) throw error;
      onInterruption(error, Math.min(pause * 2, backoff.longest));
    }
  }
}

/** Whether the worker gave up because of the connection to Temporal, or its server's answers. */
function isTemporals(error: unknown): boolean {
  if (error instanceof TransportError || error instanceof UnexpectedError) return true;
  return temporalCode(error) !== undefined;
}
