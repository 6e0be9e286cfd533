import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import { defectOf } from '../contract/failure.ts';
import { MESSAGES, type FactsOf, type FailureReason } from '../contract/messages/catalogue.ts';
import { isTold, type Told } from '../contract/messages/message.ts';
import { tell } from '../contract/messages/tell.ts';
import type { RunEnd } from '../contract/result.ts';

/**
 * Converts the failure of an activity into the workflow's own, so that the web UI shows its type and message. A foreign
 * error is reported by its kind only, because its text may contain personal data.
 */
export function ownFailure(error: unknown): Error {
  if (isCancellation(error)) return error as Error;
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const told = toldOf(cause);
    if (told) return forPeople(told.message, cause.type, ...(cause.details ?? []));
  }
  if (cause instanceof TimeoutFailure) return timedOut(cause, error);
  const { told, type } = defectOf(cause);
  return forPeople(told.message, type, told);
}

/** The failure of the attempt before a timeout, if known. Temporal's library does not decode it. */
function lastFailure({ cause, failure }: TimeoutFailure): Error | undefined {
  if (cause || !failure?.cause) return cause;
  return defaultFailureConverter.failureToError(failure.cause, defaultPayloadConverter);
}

/** A timeout, with the failure of the last attempt, if known. */
function timedOut(timeout: TimeoutFailure, error: unknown): ApplicationFailure {
  const cause = lastFailure(timeout);
  const last = cause instanceof ApplicationFailure ? toldOf(cause) : undefined;
  const activity = error instanceof ActivityFailure ? error.activityType : 'workflow';
  const told = tell('activityTimedOut', { activity, last });
  const type = last && cause instanceof ApplicationFailure ? cause.type : 'TimedOut';
  return forPeople(told.message, type, told);
}

/** A failure of the workflow; its only detail is the message as data. */
export function failWith<R extends FailureReason>(reason: R, facts: FactsOf<R>): ApplicationFailure {
  const told = tell(reason, facts);
  return forPeople(told.message, MESSAGES[reason].type, told);
}

/**
 * A failure without a stack, which would repeat the message wherever it is shown. The activity's failure in the history has a
 * stack.
 */
function forPeople(message: string, type?: string | null, ...details: unknown[]): ApplicationFailure {
  return Object.assign(ApplicationFailure.nonRetryable(message, type, ...details), { stack: '' });
}

/** A failure combined with a second one. */
export function besides(failure: Error, second: Error): Error {
  const facts = { failure: messageOf(failure), settling: messageOf(second) };
  const type = failure instanceof ApplicationFailure ? failure.type : undefined;
  const told = tell('unsettled', facts);
  return forPeople(told.message, type, told);
}

/** Rethrows the failure of an activity as the workflow's own. */
export async function rethrowAsOwn<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw ownFailure(error);
  }
}

/** Returns the type of a failure; for a timeout, the type of the last attempt's failure. */
export function failureType(error: unknown): string | null | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return cause.type;
  const inner = cause instanceof TimeoutFailure ? lastFailure(cause) : (cause as Error | undefined)?.cause;
  return inner instanceof ApplicationFailure ? inner.type : undefined;
}

/** Whether an activity ended because of a timeout, and not because of a final failure. */
export function isTimeout(error: unknown): boolean {
  if (!(error instanceof ActivityFailure)) return false;
  return error.cause instanceof TimeoutFailure || error.retryState === 'TIMEOUT';
}

/** Tells the state how a run ended early. */
export function endOf(error: unknown): RunEnd {
  const failure = ownFailure(error);
  const type = isCancellation(failure) ? 'Cancelled' : (failureType(error) ?? null);
  return { type, message: messageOf(failure) };
}

/** Returns the text of a failure. */
export function messageOf(failure: Error): string {
  return isCancellation(failure) ? tell('cancelled', {}).message : failure.message;
}

/** Returns the message of a failure as data; undefined for foreign failures. */
export function toldOf(failure: Error): Told | undefined {
  if (!(failure instanceof ApplicationFailure)) return undefined;
  const [told] = failure.details ?? [];
  return isTold(told) ? told : undefined;
}
