import { ServiceError, WorkflowFailedError } from '@temporalio/client';
import { isFailure } from '../../contract/failure.ts';
import type { Told } from '../../contract/messages/message.ts';
import { troubleInWords } from '../../contract/messages/status.ts';
import { tell } from '../../contract/messages/tell.ts';
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

/** A failure as data, as `--json` prints it. */
export interface FailureJson extends Told {
  /** A word of contract/failure.ts, or the kind of an error that has none. */
  type: string;
}

/** An error for programs: the failure as data, with all of it in words as well. */
export function failureJson(error: unknown): FailureJson {
  if (error instanceof WorkflowFailedError) {
    const { type, told } = runFailure(error);
    return { type, ...told };
  }
  if (isFailure(error)) return { type: error.type, ...error.told };
  const type = error instanceof Error ? error.name : 'Error';
  return { type, ...tell('unexpected', { text: describeError(error).join('\n') }) };
}

/** Something that is tried again, as one line. */
export function describeTrouble({ next, ...trouble }: Trouble): string {
  return `… ${troubleInWords({ ...trouble, next: next?.toISOString() ?? null })}`;
}
