import type { Told } from './messages/message.ts';
import type { Counts, RejectCount } from './counts.ts';
import type { PlanPreview } from './plan.ts';
import type { Task } from './task.ts';

/** How a run ended; `failed` is also what a killed run gets from the one that finds it. */
export type Outcome =
  'succeeded' | 'succeeded with rejects' | 'planned' | 'held' | 'skipped' | 'failed' | 'cancelled';

/** How a run completed. `failed`, `held` and `cancelled` are seen in the failure of the workflow, not in its result. */
export type RunOutcome = Exclude<Outcome, 'held' | 'failed' | 'cancelled'>;

/** What ended a run before its last step. */
export interface RunEnd {
  /** A word of messages/types.ts, or `Cancelled`; null: an error that has none. */
  type: string | null;
  message: string;
}

/** The one place that decides how a run ended. A run that did all it could may have rows or values it could not send. */
export function outcomeOf(end: RunEnd | null, { mode }: Pick<Task, 'mode'>, counts: Counts): Outcome {
  if (end) return FAILED[end.type ?? ''] ?? 'failed';
  if (mode === 'preview') return 'planned';
  const { rejected, ambiguous, refused, badValues, unsent } = counts;
  const hasRejects = [rejected, ambiguous, refused, badValues, unsent].some((count) => (count ?? 0) > 0);
  return hasRejects ? 'succeeded with rejects' : 'succeeded';
}
const FAILED: Record<string, Outcome> = { Cancelled: 'cancelled', GuardTripped: 'held' };

/**
 * How sure it is that Actito has the list: it has `retrieved` the file; it was asked, and has not yet (`pending`); the
 * file is on the server, and this licence has no means to ask (`delivered`).
 */
export type Confirmation = 'retrieved' | 'pending' | 'delivered';

/** The list of a run that completed. */
export interface ListResult {
  name: string;
  /** Why it was pushed; null: it was not. */
  pushed: string | null;
  confirmation: Confirmation | null;
  /** Profiles that Actito targets, and until when. */
  profiles: number | null;
  expires: string | null;
}

/** The result of a run that completed. */
export interface RunResult {
  activation: string;
  outcome: RunOutcome;
  /** The segment was taken for what Actito has. */
  rebase?: true;
  /** All of it in one sentence. */
  summary: string;
  /** Why it was skipped, or what went wrong although it completed. */
  notes: Told[];
  counts: Counts;
  rejects: RejectCount[];
  planHash?: string;
  /** The list was put back to how it was after this run, or would be. */
  undo?: string;
  /** Of a dry run: what else can be said of its plan. */
  plan?: PlanPreview;
  list?: ListResult;
}
