import type { Told } from './messages/message.ts';
import type { Counts, RejectCount } from './counts.ts';
import type { PlanSummary, PushReason } from './plan.ts';
import type { Outcome } from './result.ts';
import type { Task } from './task.ts';

/* What the steps of a run return to its workflow. */

/** What every step gets: which run, under which fence. Everything else is in the run's row. */
export interface RunRef {
  run: string;
  /** Null: a dry run, which holds no lease. */
  fence: string | null;
}

/** What the workflow knows of a run: it reads no configuration itself. */
export interface OpenedRun extends RunRef {
  /** Its id. */
  activation: string;
  task: Task;
  name: string;
  list: string;
  segment: string;
  attributesRequired: boolean;
  /** How long the run waits for the warehouse and for an import, in milliseconds, so that the list does not expire. */
  timeout: number;
  /** How long the list waits for the attribute import, in milliseconds; missing in runs of earlier versions. */
  listWaits?: number;
}

/** Rows of the segment, by what became of them. */
export type ReadCounts = Required<Pick<Counts, 'read' | 'rejected'>> & Pick<Counts, 'forgotten'>;

/** What had to be created in Actito, and what people should know of it. */
export interface ProvisionSummary {
  createdAttributes: string[];
  createdList: boolean;
  /** Sentences: what must exist in Actito, what was renamed, what is no longer updated. */
  notes: Told[];
  /** Why the list is delivered; null: it is not. */
  push: PushReason | null;
}

/**
 * `unseen`: why Actito could not be asked for the list before its file was put in place.
 * `held`: the plan by which a guard holds the run now; the list was not delivered.
 */
export type PushSummary = { members: number; unseen?: Told } | { held: PlanSummary };

/** What is known of the list after the run. */
export interface ListSummary {
  /** Actito has retrieved the file of this run; false when this run delivered none, or nobody was asked. */
  retrieved: boolean;
  /** Whether there was a means to ask. False: what this run delivered stays "not confirmed by Actito". */
  asked: boolean;
  profiles: number | null;
  /** ISO 8601, or null. */
  expires: string | null;
  /** Why Actito could not be asked for it. */
  unseen?: Told;
}

/** How a run ended, in numbers. */
export interface ClosedRun {
  outcome: Outcome;
  counts: Counts;
  /** Stored rejects by stage, reason and attribute. */
  rejects: RejectCount[];
}
