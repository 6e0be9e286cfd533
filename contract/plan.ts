import type { Counts } from './counts.ts';
import type { Told } from './messages/message.ts';

/** A guard that holds a run, and the reason. */
export interface GuardTrip extends Told {
  /** The name of the guard's setting. */
  guard: string;
  /** The number of affected rows or members. Later plans are compared with the number that was approved. */
  figure: number;
}

/** The checks of the warehouse that hold nothing. */
export interface PassedChecks {
  /** The messages of `guards.assertions`, none of which applies. */
  assertions: string[];
  /** The names of the dbt model's tests. */
  tests: string[];
}

/** Why a list is delivered. */
export type PushReason = 'changed' | 'first delivery' | 'repair' | 'keep-alive' | 'resync';

/** The facts about a plan that may leave the state: no personal data. */
export interface PlanFacts {
  hash: string;
  /** Why the list is delivered; null: it is not delivered. */
  push: PushReason | null;
  /** Members whose attributes are sent. */
  toSend: number;
  /** Guards that hold the run. */
  guards: GuardTrip[];
  /** The checks of the warehouse that passed. Missing: the warehouse was not asked. */
  passed?: PassedChecks;
  /** Notes about the segment that apply to any plan. */
  notes?: Told[];
  /** The guards that would hold the run without an approval; who approved it, and why. */
  approved?: { guards: string[]; by: string; reason: string };
  /** If guards hold the run: who declined this plan, and why. */
  refused?: { by: string; reason: string };
}

/** The facts about a plan that the workflow needs. */
export interface PlanSummary extends PlanFacts {
  counts: Counts;
  /** A guard needs the result of the import, so the list must not be delivered before it. */
  listNeedsImport?: boolean;
  /** Only for a dry run. */
  preview?: PlanPreview;
}

/** Additional facts about the plan of a dry run: only numbers and names, no personal data. */
export interface PlanPreview {
  /** The number of the dry run. Its samples are stored under this number. */
  run: string;
  /** Guards that would hold a run of this plan. */
  guards: GuardTrip[];
  /** The checks of the warehouse that passed. Missing: an undo does not ask it. */
  passed?: PassedChecks;
  /** How many members of the segment have a profile. Only if the list is resolved by the profile directory. */
  forecast?: MatchForecast;
  sends: Sends;
  /** What a run would create in Actito; null: unknown (a problem says why). */
  creates: Creates | null;
  /** Imports of the profile table in 24 hours, by all activations; null: unknown, as for `creates`. */
  quota: { limit: number; used: number; left: number; nextFree: string | null } | null;
  /** Reasons why a run would fail, or why a fact is unknown. */
  problems: Told[];
  /** A few members of each class. */
  samples: SampleNames[];
}

/** What the profile directory says about the members of a segment, before anything is sent. */
export interface MatchForecast {
  /** Members with a profile: they are on the list. */
  matched: number;
  /** Members without a profile, or with several: they are not on the list. */
  waiting: number;
  /** The share of matched members, from 0 to 1; null: the segment is empty. */
  rate: number | null;
}

/** What a run would send unless its guards hold it. */
export interface Sends {
  /** The number of members whose attributes are sent, the number of imports, and the maximum size of their files. */
  members: number;
  imports: number;
  importBytes: number;
  /** Members whose attributes are sent first, as a canary; missing: no canary. */
  canary?: number;
  /** Why the list would be delivered; null: it would not be delivered. */
  push: PushReason | null;
  /** The number of members on the list, and the approximate size of its file; 0 if it would not be delivered. */
  listMembers: number;
  listBytes: number;
}

/** What a run would create in Actito. */
export interface Creates {
  attributes: { name: string; type: string }[];
  /** The missing external target list. */
  list: string | null;
  /** The list that would be renamed to this activation's list name. */
  renames: string | null;
}

/** The possible outcomes of a row in a plan. */
export const SAMPLE_CLASSES = [
  'added',
  'removed',
  'waiting',
  'leaving',
  'changed',
  'unchanged',
  'rejected',
] as const;
export type SampleClass = (typeof SAMPLE_CLASSES)[number];

/** A sample member (or rejected row) of a class, without its identity. */
export interface SampleNames {
  class: SampleClass;
  /** Added: the attributes that would be sent; changed: those that differ from what Actito confirmed. */
  attributes: string[];
  /** Why the row is rejected. */
  reason: string | null;
}

/** The facts of the failure `GuardTripped`: the held plan. */
export interface HeldPlan {
  activation: string;
  planHash: string;
  counts: Counts;
  guards: GuardTrip[];
  /** The plan is for a rebase. */
  rebase?: boolean;
  /** Who declined it, and why. */
  refused?: { by: string; reason: string };
  /** The run whose list the plan restores. */
  undo?: string;
}
