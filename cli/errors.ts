import { defectOf, Failure, isFailure } from '../contract/failure.ts';
import { decideCommand, planCommand, runCommand } from '../contract/commands.ts';
import { temporalFailure } from '../contract/grpc.ts';
import type { Told } from '../contract/messages/message.ts';
import type { GuardTrip, HeldPlan } from '../contract/plan.ts';
import { runFailure } from '../client/failure.ts';
import { EXIT } from './exit-codes.ts';
import { decisiveCounts } from './result.ts';

/** Describes an error line by line, without a stack. */
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

/** Converts commander's error to a failure of ours. */
export function wrongCommandLine({ message }: Error): Failure {
  return new Failure('commandLineWrong', { problem: message.replace(/^error: /, '').replace(/\.$/, '') });
}

/** Describes the plan that a guard held: its counts, and the commands to approve or decline it. */
function describeHeld({ activation, planHash, counts, undo, rebase, refused }: HeldPlan): string[] {
  const look = rebase
    ? runCommand({ mode: 'preview', activation, of: 'rebase' })
    : planCommand(activation, undo);
  return [
    `  plan ${planHash}: ${decisiveCounts(counts)}`,
    ...(refused ? [`  declined by ${refused.by} (self-reported): ${refused.reason}`] : []),
    `Approve it:       ${decideCommand('approve', activation, planHash)}`,
    `Decline it:       ${decideCommand('decline', activation, planHash)}`,
    `See its details:  ${look}`,
  ];
}

/** Converts an error to a failure of ours: Temporal's code, or a defect. It never contains a foreign message. */
function ownFailure(error: unknown): Failure {
  return isFailure(error) ? error : (temporalFailure(error) ?? defectOf(error));
}

/** A failure as data, as `--json` prints it. */
export interface FailureJson extends Told {
  /** A failure type of contract/failure.ts, or the kind of an error that has none. */
  type: string;
}

/** Converts an error to JSON: the failure as data and as text. */
export function failureJson(error: unknown): FailureJson {
  const { type, told } = runFailure(error) ?? ownFailure(error);
  return { type, ...told };
}

/** What a command prints with `--json` when it fails. */
export interface FailedJson {
  /**
   * `held`, `cancelled` or `failed`: the outcome of a run; `busy`: another request is running; `invalid`: nothing
   * started.
   */
  outcome: 'held' | 'cancelled' | 'failed' | 'busy' | 'invalid';
  error: FailureJson;
  guards: GuardTrip[];
  /** The held plan. */
  planHash: string | null;
}

/** Converts an error to the complete JSON answer of a command. */
export function failedJson(error: unknown): FailedJson {
  const { guards = [], held } = runFailure(error) ?? {};
  return {
    outcome: outcomeOf(error),
    error: failureJson(error),
    guards,
    planHash: held?.planHash ?? null,
  };
}

function outcomeOf(error: unknown): FailedJson['outcome'] {
  const code = exitCodeOf(error);
  if (code === EXIT.held) return 'held';
  if (code === EXIT.busy) return 'busy';
  if (code === EXIT.usage) return 'invalid';
  return runFailure(error)?.type === 'Cancelled' ? 'cancelled' : 'failed';
}

export function exitCodeOf(error: unknown): number {
  const failed = runFailure(error);
  if (failed?.type === 'GuardTripped') return EXIT.held;
  // An invalid name is a usage error, no matter which part noticed it.
  if (failed) return failed.type === 'InvalidActivation' ? EXIT.usage : EXIT.failed;
  if (isFailure(error, 'ActivationBusy')) return EXIT.busy;
  return isFailure(error, 'InvalidActivation') ? EXIT.usage : EXIT.failed;
}
