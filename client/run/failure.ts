import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  type WorkflowFailedError,
} from '@temporalio/client';
import type { GuardTrip } from '../../contract/plan.ts';
import type { Told } from '../../contract/messages/message.ts';
import type { HeldPlan } from '../../contract/plan.ts';

/** Why a run did not complete. */
export interface RunFailure {
  /** A word of contract/failure.ts, or `Cancelled`, `Terminated`, `TimedOut`. */
  type: string;
  message: string;
  /** The guards that held the run; none unless the type is `GuardTripped`. */
  guards: GuardTrip[];
  /** The plan that they held. */
  held?: HeldPlan;
}

/** The failure of the workflow in our words. */
export function runFailure({ cause, message }: WorkflowFailedError): RunFailure {
  if (cause instanceof ApplicationFailure) {
    const type = cause.type ?? 'Error';
    if (type !== 'GuardTripped') return { type, message: cause.message, guards: [] };
    const [told] = (cause.details ?? []) as [Told?];
    const held = told?.facts as HeldPlan | undefined;
    return { type, message: cause.message, guards: held?.guards ?? [], held };
  }
  const own = (type: string, words: string) => ({ type, message: words, guards: [] });
  if (cause instanceof CancelledFailure) return own('Cancelled', 'The run was cancelled.');
  if (cause instanceof TerminatedFailure) {
    return own('Terminated', 'The run was terminated; the next one takes over and repairs.');
  }
  if (cause instanceof TimeoutFailure) return own('TimedOut', 'It took longer than Temporal allows it.');
  return own('Error', cause?.message ?? message);
}
