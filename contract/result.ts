import type { Told } from './messages/message.ts';
import type { Counts, RejectCount } from './counts.ts';
import type { PlanPreview } from './plan.ts';
import type { Task } from './task.ts';

/** How a run ended. A run that finds a killed run marks it as `failed`. */
export type Outcome =
  'succeeded' | 'succeeded with rejects' | 'planned' | 'held' | 'skipped' | 'failed' | 'cancelled';

/** How a run completed. `failed`, `held` and `cancelled` are in the workflow's failure, not in its result. */
export type RunOutcome = Exclude<Outcome, 'held' | 'failed' | 'cancelled'>;

/** What ended a run early. */
export interface RunEnd {
  /** A type of messages/types.ts, or `Cancelled`; null: the error has no type. */
  type: string | null;
  message: string;
}

/**
 * The only place that decides the outcome of a run. A run that did everything possible can still have rejected rows or
 * values.
 */
export function outcomeOf(end: RunEnd | null, { mode }: Pick<Task, 'mode'>, counts: Counts): Outcome {
  if (end) return FAILED[end.type ?? ''] ?? 'failed';
  if (mode === 'preview') return 'planned';
  const { rejected, ambiguous, refused, badValues, unsent } = counts;
  const hasRejects = [rejected, ambiguous, refused, badValues, unsent].some((count) => (count ?? 0) > 0);
  return hasRejects ? 'succeeded with rejects' : 'succeeded';
}
const FAILED: Record<string, Outcome> = { Cancelled: 'cancelled', GuardTripped: 'held' };

/**
 * What is known about the file in Actito. `retrieved`: Actito has retrieved it. `pending`: Actito was asked and has not
 * retrieved it yet. `delivered`: the file is on the server, and this license has no API to ask.
 */
export type Confirmation = 'retrieved' | 'pending' | 'delivered';

/** The list of a completed run. */
export interface ListResult {
  name: string;
  /** Why it was delivered; null: it was not delivered. */
  pushed: string | null;
  confirmation: Confirmation | null;
  /** The number of profiles that Actito targets, and until when. */
  profiles: number | null;
  expires: string | null;
}

/** The result of a completed run. */
export interface RunResult {
  activation: string;
  outcome: RunOutcome;
  /** The run assumed that Actito already matched the segment. */
  rebase?: true;
  /** The whole result in one sentence. */
  summary: string;
  /** Why the run was skipped, or problems of a completed run. */
  notes: Told[];
  counts: Counts;
  rejects: RejectCount[];
  planHash?: string;
  /** The run whose list was (or would be) restored. */
  undo?: string;
  /** For a dry run: more facts about its plan. */
  plan?: PlanPreview;
  list?: ListResult;
}
