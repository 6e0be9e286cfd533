import type { Counts } from './counts.ts';
import type { Told } from './messages/message.ts';

/** That a guard holds a run, and why. */
export interface GuardTrip extends Told {
  /** Its name in the settings. */
  guard: string;
  /** How many rows or members it is about: what an approval is measured by. */
  figure: number;
}

/** Why a list is pushed. */
export type PushReason = 'changed' | 'first delivery' | 'repair' | 'keep-alive' | 'resync';

/** What is known of a plan outside the state; whom it is about stays there. */
export interface PlanFacts {
  hash: string;
  /** Why the list is delivered; null: it is not. */
  push: PushReason | null;
  /** Members whose attributes are sent. */
  toSend: number;
  /** Guards that hold the run. */
  guards: GuardTrip[];
  /** What people should know of the segment, whatever the plan is. */
  notes?: Told[];
  /** Guards that would hold it, had nobody approved; and who did, why. */
  approved?: { guards: string[]; by: string; reason: string };
  /** With guards: who has refused this very plan, and why. */
  refused?: { by: string; reason: string };
}

/** What the workflow needs to know of a plan. */
export interface PlanSummary extends PlanFacts {
  counts: Counts;
  /** A guard needs what Actito will say of the import: the list must not go before it. */
  listNeedsImport?: boolean;
  /** Of a dry run. */
  preview?: PlanPreview;
}

/** What a dry run can say of its plan besides the counts: numbers and names only, no personal data. */
export interface PlanPreview {
  /** The number of the dry run, under which its samples are stored. */
  run: string;
  /** Guards that would hold a run of this plan. */
  guards: GuardTrip[];
  sends: Sends;
  /** What would be made in Actito; null: that could not be found out (a problem says why). */
  creates: Creates | null;
  /** Imports of the profile table in 24 hours, over all activations. Null as with `creates`. */
  quota: { limit: number; used: number; left: number; nextFree: string | null } | null;
  /** What a run would fail of, or what could not be found out. */
  problems: Told[];
  /** A few members of each class. */
  samples: SampleNames[];
}

/** What a run of a plan would send, but for what its guards hold. */
export interface Sends {
  /** Members whose attributes go, in how many imports, and how large their files are at most. */
  members: number;
  imports: number;
  importBytes: number;
  /** Members whose attributes are sent first, as a canary; left out: there is none. */
  canary?: number;
  /** Why the list would be pushed; null: it would not be. */
  push: PushReason | null;
  /** Members on the list, and roughly how large its file is; 0 unless it would be pushed. */
  listMembers: number;
  listBytes: number;
}

/** What a run of a plan would make in Actito. */
export interface Creates {
  attributes: { name: string; type: string }[];
  /** The external target list that is missing. */
  list: string | null;
  /** The list that would get this activation's list name. */
  renames: string | null;
}

/** What a plan does with a row. */
export const SAMPLE_CLASSES = ['added', 'removed', 'leaving', 'changed', 'unchanged', 'rejected'] as const;
export type SampleClass = (typeof SAMPLE_CLASSES)[number];

/** A member (or rejected row) as an example of its class, without saying who it is. */
export interface SampleNames {
  class: SampleClass;
  /** Added: the attributes that would be sent; changed: those that differ from what Actito confirmed. */
  attributes: string[];
  /** Why it is rejected. */
  reason: string | null;
}

/** The facts of the failure `GuardTripped`: the plan that guards held. */
export interface HeldPlan {
  activation: string;
  planHash: string;
  counts: Counts;
  guards: GuardTrip[];
  /** It is the plan of a rebase. */
  rebase?: boolean;
  /** Who has refused it, and why. */
  refused?: { by: string; reason: string };
  /** It puts the list back to what it was after this run. */
  undo?: string;
}
