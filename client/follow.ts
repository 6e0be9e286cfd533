import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcDeadlineError, isGrpcServiceError, type WorkflowHandle } from '@temporalio/client';
import { DefaultFailureConverter, defaultPayloadConverter, type Payload } from '@temporalio/common';
import { progressQuery, type RunProgress } from '../contract/progress.ts';
import type { RunResult } from '../contract/result.ts';
import type { RunHandle } from './start.ts';

/**
 * Milliseconds between two queries: short at first, for people who watch; longer in a long run, because each query is a
 * task for the worker.
 */
const INTERVAL = { first: 250, last: 2_000, growth: 1.1 };
/** Milliseconds that the worker has for an answer. */
const ANSWER_TIMEOUT = 3_000;
/** The gRPC status code FAILED_PRECONDITION: no worker has polled the task queue recently. */
const NO_POLLER = 9;
const FAILURES = new DefaultFailureConverter();

/** A failure that a run is retrying. */
export interface Trouble {
  /** A type of contract/failure.ts, or the kind of an error that has none. */
  type: string;
  message: string;
  /** The number of attempts so far. */
  attempts: number;
  /** The time of the next attempt; null: now. */
  next: Date | null;
  /** When the retries end; null: the server has not said. */
  until: Date | null;
}

export interface FollowOptions {
  /** Called repeatedly with the run's progress. A short phase can pass between two calls. */
  onProgress?: (progress: RunProgress) => void;
  /** Called once if no worker responds; following continues to wait for one. */
  onSilence?: () => void;
  /** Called once for each different failure that is being retried. */
  onTrouble?: (trouble: Trouble) => void;
  /** Called repeatedly with the failure that the run is retrying now; undefined: none. */
  onWait?: (trouble: Trouble | undefined) => void;
  /** Stops following. The run continues. */
  signal?: AbortSignal;
}

/**
 * Follows a run to its end.
 * @throws WorkflowFailedError when the run failed (see runFailure), AbortError when `signal` ended the following
 */
export async function followRun(handle: RunHandle, follow: FollowOptions = {}): Promise<RunResult> {
  return followWorkflow(handle, progressQuery.name, follow);
}

/** Follows any workflow to its end, like {@link followRun}; `query` is sent to its worker repeatedly. */
export async function followWorkflow<R>(
  handle: WorkflowHandle,
  query: string,
  follow: FollowOptions,
): Promise<R> {
  const { signal } = follow;
  signal?.throwIfAborted();
  const over = new AbortController();
  const end = () => over.abort();
  signal?.addEventListener('abort', end, { once: true });
  setMaxListeners(0, over.signal); // the SDK adds a listener for every long poll and never removes it
  const asking = askAgainAndAgain(handle, query, follow, over.signal);
  try {
    return await handle.client.withAbortSignal(over.signal, () => handle.result() as Promise<R>);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    end();
    signal?.removeEventListener('abort', end);
    await asking;
  }
}

/** Queries the worker until `over`. Never throws: the run's result reports its failure. */
async function askAgainAndAgain(
  handle: WorkflowHandle,
  query: string,
  follow: FollowOptions,
  over: AbortSignal,
): Promise<void> {
  const told = new Set<string>();
  const once = (message: string, tell?: () => void) => {
    if (!told.has(message)) tell?.();
    told.add(message);
  };
  for (let pause = INTERVAL.first; !over.aborted; pause = Math.min(INTERVAL.last, pause * INTERVAL.growth)) {
    const answer = await ask(handle, query, over);
    // Like the progress, this is only for display.
    const trouble = await troubleOf(handle, new Date(Date.now() + ANSWER_TIMEOUT)).catch(() => undefined);
    if (over.aborted) return;
    if (answer === 'silence') once(answer, follow.onSilence);
    if (typeof answer === 'object') follow.onProgress?.(answer);
    follow.onWait?.(trouble);
    if (trouble) once(`${trouble.type} ${trouble.message}`, () => follow.onTrouble?.(trouble));
    await sleep(pause, undefined, { signal: over }).catch(() => undefined); // when aborted, the loop ends
  }
}

async function ask(
  handle: WorkflowHandle,
  query: string,
  over: AbortSignal,
): Promise<RunProgress | 'silence' | 'nothing'> {
  const { client } = handle;
  try {
    return await client.withAbortSignal(AbortSignal.any([over]), () =>
      client.withDeadline(Date.now() + ANSWER_TIMEOUT, () => handle.query<RunProgress>(query)),
    );
  } catch (error) {
    return isGrpcDeadlineError(error) || isCode(error, NO_POLLER) ? 'silence' : 'nothing';
  }
}

function isCode(error: unknown, code: number): boolean {
  const inner = isGrpcServiceError(error) ? error : (error as Error).cause;
  return isGrpcServiceError(inner) && (inner.code as number) === code;
}

/**
 * Reads from the server, without a worker, which failure a run is retrying now; undefined: none.
 * @param deadline limits the wait for a server that does not respond
 */
export async function troubleOf(handle: WorkflowHandle, deadline: Date): Promise<Trouble | undefined> {
  const { raw } = await handle.client.withDeadline(deadline, () => handle.describe());
  const [pending] = raw.pendingActivities?.filter(({ lastFailure }) => lastFailure) ?? [];
  if (!pending) return undefined;
  const failure = FAILURES.failureToError(pending.lastFailure!, defaultPayloadConverter);
  return {
    type: 'type' in failure && typeof failure.type === 'string' ? failure.type : failure.name,
    message: failure.message,
    attempts: (pending.attempt ?? 1) - 1,
    next: momentOf(pending.nextAttemptScheduleTime) ?? waitsUntil(pending.heartbeatDetails),
    until: momentOf(pending.expirationTime),
  };
}

/** Returns until when the worker waits before it begins this attempt; see activities/peers.ts. */
function waitsUntil(details: { payloads?: Payload[] | null } | null | undefined): Date | null {
  const [payload] = details?.payloads ?? [];
  const beat = payload && defaultPayloadConverter.fromPayload<{ waitsUntil?: string } | undefined>(payload);
  const until = new Date(beat?.waitsUntil ?? NaN);
  return until.getTime() > Date.now() ? until : null;
}

function momentOf(timestamp: { seconds?: unknown } | null | undefined): Date | null {
  const seconds = Number(timestamp?.seconds ?? 0);
  return seconds > 0 ? new Date(seconds * 1000) : null;
}
