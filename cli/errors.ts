import { defectOf, isFailure, type Failure } from '../contract/failure.ts';
import { decideCommand, planCommand } from '../contract/commands.ts';
import { temporalFailure } from '../contract/grpc.ts';
import type { Told } from '../contract/messages/message.ts';
import type { HeldPlan } from '../contract/plan.ts';
import { runFailure } from '../client/failure.ts';
import { EXIT } from './exit-codes.ts';
import { decisiveCounts } from './result.ts';

/** An error for people, line by line; without a stack. */
export function describeError(error: unknown): string[] {
  const failed = runFailure(error);
  if (failed) {
    const { type, message, guards, held } = failed;
    if (guards.length === 0) return [`${type}: ${message}`];
    const trips = guards.map((trip) => `  ${trip.guard}: ${trip.message}`);
    const answers = held ? describeHeld(held) : [];
    return [`${type}: the run was held. The list is unchanged.`, ...trips, ...answers];
  }
  const { type, message } = ownFailure(error);
  return [`${type}: ${message}`];
}

/** The plan that a guard held for people, line by line: what it counted, and the commands that answer it. */
function describeHeld({ activation, planHash, counts, undo, refused }: HeldPlan): string[] {
  return [
    `  plan ${planHash}: ${decisiveCounts(counts)}`,
    ...(refused ? [`  declined by ${refused.by} (self-reported): ${refused.reason}`] : []),
    `Approve it:       ${decideCommand('approve', activation, planHash)}`,
    `Decline it:       ${decideCommand('reject', activation, planHash)}`,
    `See its details:  ${planCommand(activation, undo)}`,
  ];
}

/** What went wrong as a failure of ours: Temporal's code, or a defect. No foreign message is shown. */
function ownFailure(error: unknown): Failure {
  return isFailure(error) ? error : (temporalFailure(error) ?? defectOf(error));
}

/** A failure as data, as `--json` prints it. */
export interface FailureJson extends Told {
  /** A failure type of contract/failure.ts, or the kind of an error that has none. */
  type: string;
}

/** An error for programs: the failure as data, with all of it in words as well. */
export function failureJson(error: unknown): FailureJson {
  const { type, told } = runFailure(error) ?? ownFailure(error);
  return { type, ...told };
}

/** The exit code of a command that ended with this error. */
export function exitCodeOf(error: unknown): number {
  const failed = runFailure(error);
  if (failed?.type === 'GuardTripped') return EXIT.held;
  // A wrong name is a usage error, no matter who noticed it.
  if (failed) return failed.type === 'InvalidActivation' ? EXIT.usage : EXIT.failed;
  if (isFailure(error, 'ActivationBusy')) return EXIT.busy;
  return isFailure(error, 'InvalidActivation') ? EXIT.usage : EXIT.failed;
}
