import { setTimeout as sleep } from 'node:timers/promises';
import { TransportError, UnexpectedError } from '@temporalio/worker';
import { isFailure } from '../contract/failure.ts';
import { temporalCode } from '../contract/grpc.ts';

/** A worker that takes work, as far as it matters here. */
export interface Working {
  /** Until it is told to stop. @throws what made it stop otherwise */
  run(): Promise<void>;
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
  pauses?: { first: number; longest: number };
}

const PAUSES = { first: 1_000, longest: 30_000 };
/** In milliseconds: how often a pause looks whether someone has told the worker to stop. */
const LOOK = 500;

/**
 * Works until told to stop. Temporal's library waits out a server that does not answer. When its `run()` ends with an error of
 * Temporal, a new worker with new connections takes its place. It does not always end: of a server that refuses all calls the
 * worker was seen to become FAILED without that; then /healthz tells, and whoever watches it has to start the process again.
 * @throws what keeps the first worker from starting, what ends a worker for any other reason, and the failure of the
 *   configuration that keeps a later one from starting
 */
export async function keepWorking({ start, onInterruption, isTold, pauses = PAUSES }: Life): Promise<void> {
  let working = await start();
  for (;;) {
    try {
      await working.run();
      return await working.close();
    } catch (error) {
      if (isTold() || !isTemporals(error)) throw error;
      onInterruption(error, pauses.first);
    }
    await working.close().catch(() => undefined); // of connections that are broken anyway
    const next = await startAgain({ start, onInterruption, isTold, pauses });
    if (!next) return;
    working = next;
  }
}

/** @returns undefined when someone has told the worker to stop meanwhile */
async function startAgain({ start, onInterruption, isTold, pauses }: Required<Life>) {
  for (let pause = pauses.first; ; pause = Math.min(pause * 2, pauses.longest)) {
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
      onInterruption(error, Math.min(pause * 2, pauses.longest));
    }
  }
}

/** Whether the connection to Temporal, or what its server answers, made the worker give up. */
function isTemporals(error: unknown): boolean {
  if (error instanceof TransportError || error instanceof UnexpectedError) return true;
  return temporalCode(error) !== undefined;
}
