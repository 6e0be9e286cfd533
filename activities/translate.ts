import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { hostname, tmpdir } from 'node:os';
import { defectOf, Failure, isFailure } from '../contract/failure.ts';
import { temporalFailure } from '../contract/grpc.ts';
import type { Told } from '../contract/messages/message.ts';
import { tell } from '../contract/messages/tell.ts';
import { stateFailure } from '../state/failures.ts';
import { blame, STATE_PEER } from './peers.ts';

/**
 * Converts our failures for Temporal: type, retryability and backoff come from the failure. Foreign messages, causes
 * and stacks are removed, because they may quote rows. An unexpected error is reported as a defect, with the place
 * where it was thrown.
 * @param keep stores the foreign text of a failure in the state; its result replaces the message
 * @param pauseAfter milliseconds until the next attempt; undefined leaves it to the retry policy
 */
export async function toTemporalFailure(
  error: unknown,
  keep: (failure: Failure) => Promise<Told>,
  pauseAfter: (failure: Failure) => number | undefined = ({ retryAfter }) => retryAfter,
): Promise<Error> {
  if (Context.current().cancellationSignal.aborted) return interruption();
  const known = isFailure(error)
    ? error
    : (stateFailure(error) ?? diskFailure(error) ?? temporalFailure(error) ?? defectOf(error));
  if (known.type === 'StateUnavailable' && known.told.reason !== 'stateLocked') blame(known, STATE_PEER);
  const told = await keep(known);
  return ApplicationFailure.create({
    type: known.type,
    message: told.message,
    nonRetryable: !known.retryable || triesOf(known) >= (known.tries ?? Infinity),
    nextRetryDelay: pauseAfter(known),
    details: [told],
  });
}

/** Whether no other attempt follows: a final failure, or the activity was canceled. */
export function isFinal(failure: Error): boolean {
  return !(failure instanceof ApplicationFailure) || failure.nonRetryable === true;
}

/** Identifies an activity of a workflow, independent of the attempt. */
export function currentActivity(): string {
  const { workflowExecution, activityId } = Context.current().info;
  return `${workflowExecution!.runId} ${activityId}`;
}

/** When the time of all its attempts is up, by the clock of the Temporal server: milliseconds since 1970. */
export function currentDeadline(): number {
  const { scheduledTimestampMs, scheduleToCloseTimeoutMs } = Context.current().info;
  return scheduleToCloseTimeoutMs > 0 ? scheduledTimestampMs + scheduleToCloseTimeoutMs : Infinity;
}

/** The last failure of each activity, and how often it occurred in a row, as far as this worker knows. */
const inARow = new Map<string, { message: string; tries: number }>();
const MOST_REMEMBERED = 1_000;

/**
 * Counts how often in a row this activity has failed like this. Different earlier failures, such as of a long outage,
 * do not count.
 */
function triesOf({ message, tries }: Failure): number {
  const activity = currentActivity();
  const before = inARow.get(activity);
  inARow.delete(activity);
  if (tries === undefined) return 1;
  const now = before?.message === message ? before.tries + 1 : 1;
  inARow.set(activity, { message, tries: now });
  // The worker does not learn about all activities that succeed, so the map needs a limit.
  if (inARow.size > MOST_REMEMBERED) inARow.delete(inARow.keys().next().value!);
  return now;
}

/** Error codes of the worker's temporary folder: full, over quota, read-only, no permission, gone. */
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
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined || !DISK.includes(code)) return undefined;
  return new Failure('temporaryFolderFull', { folder: tmpdir(), worker: hostname(), code });
}

/** A worker's shutdown is no request to cancel. Temporal retries the activity on another worker. */
function interruption(): Error {
  const { cancelRequested, paused, reset } = Context.current().cancellationDetails ?? {};
  if (cancelRequested || paused || reset) return new CancelledFailure(tell('activityCancelled', {}).message);
  const told = tell('workerShutDown', {});
  return ApplicationFailure.create({ type: 'WorkerShutdown', message: told.message, details: [told] });
}
