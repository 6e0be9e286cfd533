import type { Told } from './messages/message.ts';
import type { Counts, RejectCount } from './counts.ts';
import type { PlanSummary, PushReason } from './plan.ts';
import type { Outcome } from './result.ts';
import type { Task } from './task.ts';

/* Results that the steps of a run return to the workflow. */

/** The arguments of every step: the run and its fence. The run's row in the state has everything else. */
export interface RunRef {
  run: string;
  /** Null: a dry run, which does not hold a lease. */
  fence: string | null;
}

/** What the workflow knows about a run. The workflow itself does not read the configuration. */
export interface OpenedRun extends RunRef {
  activation: string;
  task: Task;
  name: string;
  list: string;
  segment: string;
  attributesRequired: boolean;
  /** The list is resolved by the profile directory; missing if not. */
  directory?: true;
  /** The timeout for the warehouse and for an import in milliseconds, so that the list does not expire. */
  timeout: number;
  /** How long the list waits for the attribute import, in milliseconds; missing in runs of earlier versions. */
  listWaits?: number;
}

/** Numbers of rows in the segment, by result. */
/** An export that was read into a profile directory. */
export interface ReadExport {
  file: string;
  kind: 'daily' | 'full';
  profiles: number;
  /** Profiles whose key cannot be used, so they match no member. */
  unusable: number;
}

/** The result of reading the exports for a profile directory. */
export interface RefreshSummary {
  /** The attribute of the matching key. */
  attribute: string;
  read: ReadExport[];
  /** Why exports were not read. */
  notes: Told[];
  /** When Actito wrote the newest export that was read; ISO 8601. Null: none was. */
  writtenAt: string | null;
}

export type ReadCounts = Required<Pick<Counts, 'read' | 'rejected'>> & Pick<Counts, 'forgotten'>;

/** What was created in Actito, and notes for people. */
export interface ProvisionSummary {
  createdAttributes: string[];
  createdList: boolean;
  /** Notes: what must exist in Actito, what was renamed, what is no longer updated. */
  notes: Told[];
  /** Why the list is delivered; null: it is not delivered. */
  push: PushReason | null;
}

/**
 * `unseen`: why Actito could not be asked about the list before the file was delivered.
 * `held`: the plan that a guard holds now; the list was not delivered.
 */
export type PushSummary = { members: number; unseen?: Told } | { held: PlanSummary };

/** What is known about the list after the run. */
export interface ListSummary {
  /** Actito has retrieved this run's file; false if the run delivered none, or Actito was not asked. */
  retrieved: boolean;
  /** Whether Actito could be asked. If not, the file of this run stays "not confirmed by Actito". */
  asked: boolean;
  profiles: number | null;
  /** ISO 8601, or null. */
  expires: string | null;
  /** Why Actito could not be asked. */
  unseen?: Told;
}

/** The numbers of a closed run. */
export interface ClosedRun {
  outcome: Outcome;
  counts: Counts;
  /** Stored rejects by stage, reason and attribute. */
  rejects: RejectCount[];
}
