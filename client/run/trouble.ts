import type { WorkflowHandle } from '@temporalio/client';
import { DefaultFailureConverter, defaultPayloadConverter, type Payload } from '@temporalio/common';

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

const FAILURES = new DefaultFailureConverter();

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
