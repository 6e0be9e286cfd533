import { ActivityFailure, ApplicationFailure, isCancellation, rootCause } from '@temporalio/workflow';

/** The activity's failure as the workflow's own, so that the web UI shows its type and message at first glance. */
export function ownFailure(error: unknown): Error {
  if (isCancellation(error)) return error as Error;
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof Error)) return forPeople(String(cause));
  const type = cause instanceof ApplicationFailure ? cause.type : cause.name;
  const details = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  return forPeople(cause.message || (rootCause(cause) ?? ''), type, ...details);
}

/**
 * How a workflow fails: once, by one message. Without a stack, which would say it twice wherever it is shown; the
 * activity's own failure, in the history, keeps one.
 */
export function forPeople(message: string, type?: string | null, ...details: unknown[]): ApplicationFailure {
  return Object.assign(ApplicationFailure.nonRetryable(message, type, ...details), { stack: '' });
}

/** Lets the failure of an activity be the workflow's own. */
export async function toldAsOwn<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw ownFailure(error);
  }
}

/** The word of activation/failures.ts; of a bound that was reached while waiting: what the last try waited for. */
export function failureType(error: unknown): string | null | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return cause.type;
  const inner = (cause as Error | undefined)?.cause;
  return inner instanceof ApplicationFailure ? inner.type : undefined;
}

/** What people read of a failure. */
export function messageOf(failure: Error): string {
  return isCancellation(failure) ? 'Someone cancelled the run.' : failure.message;
}
