import { WorkflowFailedError } from '@temporalio/client';
import { isFailure } from '../contract/failure.ts';
import { runFailure } from './run/failure.ts';

/** What the command line tells the shell. */
export const EXIT = {
  ok: 0,
  /** Also: a probe of `doctor` failed. */
  failed: 1,
  /** The command itself was wrong, or the project folder that `validate` looked at. */
  usage: 2,
  /** A guard held the run. */
  held: 3,
  /** A run succeeded, with more rejects than `--max-rejects`. */
  rejects: 4,
  /** Another request for the same activation is running, or a run was skipped because of one. */
  busy: 5,
  /** `status` shows what the state database knows; Temporal could not be asked. */
  incomplete: 6,
  /** Ctrl-C: 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const;

/** The exit code of a command that ended with this error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof WorkflowFailedError) {
    const { type } = runFailure(error);
    if (type === 'GuardTripped') return EXIT.held;
    return type === 'InvalidActivation' ? EXIT.usage : EXIT.failed; // a wrong name is that, whoever found it out
  }
  if (isFailure(error, 'ActivationBusy')) return EXIT.busy;
  return isFailure(error, 'InvalidActivation') ? EXIT.usage : EXIT.failed;
}
