import { setTimeout as sleep } from 'node:timers/promises';
import { TransportError, UnexpectedError } from '@temporalio/worker';
import { Failure, isFailure } from '../contract/failure.ts';
import { temporalCode } from '../contract/grpc.ts';

/** A worker that takes work, as far as it matters here. */
export interface Working {
  /** Until it is told to stop. @throws what made it stop otherwise */
  run(): Promise<void>;
  /** Whether it has failed, whatever becomes of `run`. */
  hasFailed(): boolean;
  /** Gives back what it holds. */
  close(): Promise<void>;
}

/** What a worker's life needs besides. */
export interface Life {
  /** Starts a worker. */
  start: () => Promise<Working>;
  /** Told why the worker stopped, or could not be started again, and in how many milliseconds that is tried. */
  onInterruption: (error: unknown, pause: number) => void;
  /** Whether someone has told the worker to stop: then it is not started again. */
  isTold: () => boolean;
  /** Milliseconds between two attempts to start again: the first ones, and the longest. */
  backoff?: { first: number; longest: number };
  /** Milliseconds that a worker that has failed gets to end. */
  letGo?: number;
}

const BACKOFF = { first: 1_000, longest: 30_000 };
/** In milliseconds: how often it is asked whether someone has told the worker to stop, and whether it has failed. */
const LOOK = 500;
/** In milliseconds. A worker that ends needs less. */
const LET_GO = 15_000;

/**
 * Works until told to stop. Temporal's library waits out a server that does not answer. When its `run()` ends with an error of
 * Temporal, a new worker with new connections takes its place. `run()` does not always end: if a server refuses all calls, the
 * library can fail the worker and keep waiting for it. Nothing in this process can then free what the worker holds, so
 * the process has to end, and whoever started it starts it again.
 * @throws what keeps the first worker from starting, what ends a worker for any other reason, the failure of the
 *   configuration that keeps a later one from starting, and TemporalUnavailable for a worker that has failed and does not end
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
    await working.close().catch(() => undefined); // of connections that are broken anyway
    const next = await startAgain({ start, onInterruption, isTold, backoff });
    if (!next) return;
    working = next;
  }
}

/** @throws what `run` throws; Failure when the worker has failed and `run` does not end */
async function runToItsEnd(working: Working, letGo: number): Promise<void> {
  const ended = new AbortController();
  const running = working.run().finally(() => ended.abort());
  await Promise.race([running, endlessFailure(working, letGo, ended.signal)]);
  await running; // when `run` fails, the other one ends too, and may win
}

/** Throws once the worker has been a failed one for so long; returns when `run` has ended before. */
async function endlessFailure(working: Working, letGo: number, ended: AbortSignal): Promise<void> {
  let failedFor = 0;
  for (let asked = performance.now(); failedFor < letGo; asked = performance.now()) {
    const isOver = await sleep(Math.min(LOOK, letGo), false, { signal: ended }).catch(() => true);
    if (isOver) return;
    failedFor = working.hasFailed() ? failedFor + performance.now() - asked : 0;
  }
  throw new Failure('workerNotLetGo', { seconds: letGo / 1_000 });
}

/** @returns undefined when someone has told the worker to stop meanwhile */
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

/** Whether the connection to Temporal, or what its server answers, made the worker give up. */
function isTemporals(error: unknown): boolean {
  if (error instanceof TransportError || error instanceof UnexpectedError) return true;
  return temporalCode(error) !== undefined;
}
