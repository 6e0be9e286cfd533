import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { hostname, tmpdir } from 'node:os';
import { Failure, isFailure } from '../contract/failure.ts';
import { tell } from '../contract/messages/tell.ts';
import { stateFailure } from '../state/failures.ts';

/**
 * Hands our failures to Temporal: type, retryability and pause from the vocabulary. No cause and no stack travel
 * along: a driver's own error may quote rows.
 */
export function toTemporalFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure) return error;
  if (Context.current().cancellationSignal.aborted) return interruption();
  const known = isFailure(error) ? error : (stateFailure(error) ?? diskFailure(error));
  if (!known) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return ApplicationFailure.create({ type: name, message });
  }
  return ApplicationFailure.create({
    type: known.type,
    message: known.message,
    nonRetryable: !known.retryable,
    nextRetryDelay: known.retryAfter,
    details: [known.told],
  });
}

/** What a file of the worker's temporary folder fails by: full, over quota, read-only, not ours, gone. */
const DISK = [
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'EPERM',
  'ENOENT',
  'ENOTDIR',
  'EFBIG',
  'EIO',
  'EMFILE',
  'ENFILE',
];

function diskFailure(error: unknown): Failure | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined || !DISK.includes(code)) return undefined;
  return new Failure('temporaryFolderFull', { folder: tmpdir(), worker: hostname(), code });
}

/** Nobody asked to cancel when a worker shuts down: then the activity is simply tried again elsewhere. */
function interruption(): Error {
  const { cancelRequested, paused, reset } = Context.current().cancellationDetails ?? {};
  if (cancelRequested || paused || reset) return new CancelledFailure(tell('activityCancelled', {}).message);
  const told = tell('workerShutDown', {});
  return ApplicationFailure.create({ type: 'WorkerShutdown', message: told.message, details: [told] });
}
