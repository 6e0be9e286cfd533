import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { isFailure } from '../activation/failures.ts';
import { stateFailure } from '../state/failures.ts';

/**
 * Hands our failures to Temporal: type, retryability and pause from the vocabulary. No cause and no stack travel
 * along: a driver's own error may quote rows.
 */
export function toTemporalFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure) return error;
  if (Context.current().cancellationSignal.aborted) return interruption();
  const known = isFailure(error) ? error : stateFailure(error);
  if (!known) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return ApplicationFailure.create({ type: name, message });
  }
  return ApplicationFailure.create({
    type: known.type,
    message: known.message,
    nonRetryable: !known.retryable,
    nextRetryDelay: known.retryAfter,
  });
}

/** Nobody asked to cancel when a worker shuts down: then the activity is simply tried again elsewhere. */
function interruption(): Error {
  const { cancelRequested, paused, reset } = Context.current().cancellationDetails ?? {};
  if (cancelRequested || paused || reset) return new CancelledFailure('The activity was cancelled.');
  return ApplicationFailure.create({
    type: 'WorkerShutdown',
    message: 'The worker shut down; another goes on.',
  });
}
