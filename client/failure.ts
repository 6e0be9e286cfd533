import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowFailedError,
} from '@temporalio/client';
import { defectOf } from '../contract/failure.ts';
import type { GuardTrip } from '../contract/plan.ts';
import { isTold, type Told } from '../contract/messages/message.ts';
import { tell } from '../contract/messages/tell.ts';
import type { HeldPlan } from '../contract/plan.ts';

export interface RunFailure {
  /** A type of contract/failure.ts, or `Cancelled`, `Terminated`, `TimedOut`. */
  type: string;
  message: string;
  /** The same message as data. */
  told: Told;
  /** The guards that held the run; empty unless the type is `GuardTripped`. */
  guards: GuardTrip[];
  /** The held plan. */
  held?: HeldPlan;
}

/** Returns why a run failed, from the error that following it threw; undefined for other errors. */
export function runFailure(error: unknown): RunFailure | undefined {
  if (!(error instanceof WorkflowFailedError)) return undefined;
  const { cause } = error;
  if (cause instanceof ApplicationFailure) {
    const { type: given, details } = cause;
    const type = given ?? 'Error';
    const [said] = details ?? [];
    // An older version, or the Temporal CLI, can fail a workflow with a different message.
    const told = isTold(said) ? said : defectOf(cause).told;
    if (type !== 'GuardTripped') return { type, message: told.message, told, guards: [] };
    const held = told.reason === 'runHeld' ? (told.facts as HeldPlan) : undefined;
    return { type, message: told.message, told, guards: held?.guards ?? [], held };
  }
  const own = (type: string, told: Told) => ({ type, message: told.message, told, guards: [] });
  if (cause instanceof CancelledFailure) return own('Cancelled', tell('cancelled', {}));
  if (cause instanceof TerminatedFailure) return own('Terminated', tell('workflowTerminated', {}));
  if (cause instanceof TimeoutFailure) return own('TimedOut', tell('workflowTimedOut', {}));
  return own('Defect', defectOf(cause).told);
}
