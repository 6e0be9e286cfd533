import { WorkflowFailedError } from '@temporalio/client';
import { defectOf, isFailure, type Failure } from '../../contract/failure.ts';
import { temporalFailure } from '../../contract/grpc.ts';
import type { Told } from '../../contract/messages/message.ts';
import { troubleInWords } from '../../contract/messages/status.ts';
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
  const { type, message } = ownFailure(error);
  return [`${type}: ${message}`];
}

/** What went wrong as a failure of ours: Temporal's code, or a defect. No foreign message is shown. */
function ownFailure(error: unknown): Failure {
  return isFailure(error) ? error : (temporalFailure(error) ?? defectOf(error));
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
  const { type, told } = ownFailure(error);
  return { type, ...told };
}

/** Something that is tried again, as one line. */
export function describeTrouble({ next, until, ...trouble }: Trouble): string {
  const moments = { next: next?.toISOString() ?? null, until: until?.toISOString() ?? null };
  return `… ${troubleInWords({ ...trouble, ...moments })}`;
}
