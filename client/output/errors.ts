import { ServiceError, WorkflowFailedError } from '@temporalio/client';
import { isFailure } from '../../contract/failure.ts';
import { runFailure } from '../run/failure.ts';
import type { Trouble } from '../run/trouble.ts';
import { describeHeld } from './held.ts';

/** An error for people, line by line; without a stack. */
export function describeError(error: unknown): string[] {
  if (error instanceof WorkflowFailedError) {
    const { type, message, guards, held } = runFailure(error);
    if (guards.length === 0) return [`${type}: ${message}`];
    const trips = guards.map((trip) => `  ${trip.guard}: ${trip.message}`);
    const answers = held ? describeHeld(held) : [];
    return [`${type}: the run was held, and the list stays as it was.`, ...trips, ...answers];
  }
  if (isFailure(error)) return [`${error.type}: ${error.message}`];
  if (!(error instanceof Error)) return [String(error)];
  // Temporal's own say what was tried; the reason is one level below.
  const reason = error instanceof ServiceError && error.cause ? `: ${error.cause.message}` : '';
  return [`${error.message}${reason}`];
}

/** Something that is tried again, as one line. */
export function describeTrouble({ type, message, attempts, next }: Trouble): string {
  const again = next ? `next at ${next.toISOString()}` : 'again now';
  return `… ${type}: ${message} (tried ${attempts} ${attempts === 1 ? 'time' : 'times'}, ${again})`;
}
