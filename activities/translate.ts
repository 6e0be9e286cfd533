import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { hostname, tmpdir } from 'node:os';
import { defectOf, Failure, isFailure } from '../contract/failure.ts';
import { temporalFailure } from '../contract/grpc.ts';
import type { Told } from '../contract/messages/message.ts';
import { tell } from '../contract/messages/tell.ts';
import { stateFailure } from '../state/failures.ts';
import { blame, STATE_PEER } from './peers.ts';

/**
 * Hands our failures to Temporal: type, retryability and pause from the vocabulary. No foreign message, cause or stack
 * travels along, as it may quote rows: an error that is none of ours becomes a defect, with where it was thrown.
 * @param keep puts what a failure holds in foreign words into the state; what it returns is told as well
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

/** Names an activity of a workflow, whichever attempt it is. */
export function currentActivity(): string {
  const { workflowExecution, activityId } = Context.current().info;
  return `${workflowExecution!.runId} ${activityId}`;
}

/** When the time of all its attempts is up, by the clock of the Temporal server: milliseconds since 1970. */
export function currentDeadline(): number {
  const { scheduledTimestampMs, scheduleToCloseTimeoutMs } = Context.current().info;
  return scheduleToCloseTimeoutMs > 0 ? scheduledTimestampMs + scheduleToCloseTimeoutMs : Infinity;
}

/** By activity: what it failed by last, and how often in a row, as far as this worker knows. */
const inARow = new Map<string, { message: string; tries: number }>();
const MOST_REMEMBERED = 1_000;

/** How often in a row this activity has failed like this. Other failures before it, such as of a long outage, do not count. */
function triesOf({ message, tries }: Failure): number {
  const activity = currentActivity();
  const before = inARow.get(activity);
  inARow.delete(activity);
  if (tries === undefined) return 1;
  const now = before?.message === message ? before.tries + 1 : 1;
  inARow.set(activity, { message, tries: now });
  // Activities that succeed after all are never forgotten otherwise.
  if (inARow.size > MOST_REMEMBERED) inARow.delete(inARow.keys().next().value!);
  return now;
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
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
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
