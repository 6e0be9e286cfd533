import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcDeadlineError, isGrpcServiceError, type WorkflowHandle } from '@temporalio/client';
import { DefaultFailureConverter, defaultPayloadConverter, type Payload } from '@temporalio/common';
import { progressQuery, type RunProgress } from '../contract/progress.ts';
import type { RunResult } from '../contract/result.ts';
import type { RunHandle } from './start.ts';

/**
 * Milliseconds between two questions: the first ones come as fast as people read, those of a long run seldom, since
 * each is a task for the worker.
 */
const INTERVAL = { first: 250, last: 2_000, growth: 1.1 };
/** Milliseconds that a worker has to answer in. */
const ANSWER_TIMEOUT = 3_000;
/** The gRPC status code FAILED_PRECONDITION: nobody has polled the task queue for a while. */
const NO_POLLER = 9;
const FAILURES = new DefaultFailureConverter();

/** What a run is waiting out: something failed, and is tried again. */
export interface Trouble {
  /** A word of contract/failure.ts, or the kind of an error that has none. */
  type: string;
  message: string;
  /** How often it was tried. */
  attempts: number;
  /** When it is tried again; null: right now. */
  next: Date | null;
  /** When it is given up, if nothing changes; null: the server has not said. */
  until: Date | null;
}

/** How a run is followed. */
export interface FollowOptions {
  /** Told how far the run is, again and again; a short phase may pass between two questions. */
  onProgress?: (progress: RunProgress) => void;
  /** Told once, when no worker answers: one is waited for. */
  onSilence?: () => void;
  /** Told when something failed that will be tried again; once for each message. */
  onTrouble?: (trouble: Trouble) => void;
  /** Told again and again what the run waits for now; undefined: nothing. */
  onWait?: (trouble: Trouble | undefined) => void;
  /** Ends the following, not the run. */
  signal?: AbortSignal;
}

/**
 * Follows a run to its end.
 * @throws WorkflowFailedError when the run failed (see runFailure), AbortError when the following was ended
 */
export async function followRun(handle: RunHandle, follow: FollowOptions = {}): Promise<RunResult> {
  return followWorkflow(handle, progressQuery.name, follow);
}

/** Follows any workflow to its end, as {@link followRun}; `query` is what its worker is asked again and again. */
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
  setMaxListeners(0, over.signal); // the SDK adds one for every long poll, and leaves it there
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

/** Until `over`; never fails: what is wrong with the run, its result tells. */
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
    // As with the progress: only for display.
    const trouble = await troubleOf(handle, new Date(Date.now() + ANSWER_TIMEOUT)).catch(() => undefined);
    if (over.aborted) return;
    if (answer === 'silence') once(answer, follow.onSilence);
    if (typeof answer === 'object') follow.onProgress?.(answer);
    follow.onWait?.(trouble);
    if (trouble) once(`${trouble.type} ${trouble.message}`, () => follow.onTrouble?.(trouble));
    await sleep(pause, undefined, { signal: over }).catch(() => undefined); // over: the loop sees it
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
 * The trouble that a run has now, as the server knows it; a worker is not asked. Undefined: none.
 * @param deadline a server that is gone answers nothing, so this long is waited at most
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

/** Until when the worker waits before this attempt does anything; see activities/peers.ts. */
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
