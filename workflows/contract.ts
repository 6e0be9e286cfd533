import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery } from '@temporalio/workflow';
import { z } from 'zod';

/*
 * What the outside knows of the workflow: names, input, result, queries. The command line and the bare Temporal CLI
 * rely on it; change it only by addition.
 */

export const TASK_QUEUE = 'actito-sync';
export const WORKFLOW_TYPE = 'runActivation';

/** The one argument of the workflow. */
export const requestSchema = z.strictObject({
  activation: z
    .string({ error: 'the id of an activation (the name of its file without .yaml)' })
    .min(1, 'the id of an activation (the name of its file without .yaml)'),
  dryRun: z.boolean({ error: 'true or false' }).default(false),
  resync: z.boolean({ error: 'true or false' }).default(false),
  reason: z.string({ error: 'a text' }).max(200, 'a text of at most 200 characters').optional(),
});
export type RunInput = z.input<typeof requestSchema>;
export type RunRequest = z.output<typeof requestSchema>;

/** The workflow id of a run: one run of an activation at a time, and a plan beside it. */
export function workflowId({ activation, dryRun }: Pick<RunRequest, 'activation' | 'dryRun'>): string {
  return `${dryRun ? 'plan' : 'activation'}/${activation}`;
}

export const activationKey = defineSearchAttributeKey('Activation', SearchAttributeType.KEYWORD);
export const phaseKey = defineSearchAttributeKey('RunPhase', SearchAttributeType.KEYWORD);
export const outcomeKey = defineSearchAttributeKey('RunOutcome', SearchAttributeType.KEYWORD);
/** What a worker registers when it is missing. */
export const SEARCH_ATTRIBUTES = [activationKey, phaseKey, outcomeKey];

export const PHASES = [
  'opening',
  'reading the segment',
  'planning',
  'provisioning',
  'importing attributes',
  'pushing the list',
  'waiting for Actito',
  'settling',
  'closed',
] as const;
export type Phase = (typeof PHASES)[number];

/** How a run ended. `failed`, `held` and `cancelled` are seen in the failure of the workflow, not in its result. */
export type RunOutcome = 'succeeded' | 'succeeded with rejects' | 'planned' | 'skipped';

/** Numbers of rows and members. */
export type RunCounts = Record<string, number>;

/** The result of a run that completed. */
export interface RunResult {
  activation: string;
  outcome: RunOutcome;
  /** All of it in one sentence. */
  summary: string;
  /** Why it was skipped, or what went wrong although it completed. */
  notes: string[];
  counts: RunCounts;
  rejects: { stage: string; reason: string; attribute: string; count: number }[];
  planHash?: string;
  list?: {
    name: string;
    /** Why it was pushed; null: it was not. */
    pushed: string | null;
    /** How sure it is: Actito has retrieved the file, or it only lies in its place. */
    confirmation: 'retrieved' | 'delivered' | null;
    /** Profiles that Actito targets, and until when. */
    profiles: number | null;
    expires: string | null;
  };
}

/** What the query `progress` answers. */
export interface RunProgress {
  activation: string;
  request: RunRequest;
  phase: Phase;
  outcome: string | null;
  notes: string[];
  counts: RunCounts;
  push: string | null;
}

export const progressQuery = defineQuery<RunProgress>('progress');

export const INSPECT_WORKFLOW_TYPE = 'inspectDestination';

/** The one argument of `inspectDestination`: what of a destination is looked up in Actito. */
export const inspectSchema = z.strictObject({
  destination: z
    .string({ error: 'the id of a destination (the name of its file without .yaml)' })
    .min(1, 'the id of a destination (the name of its file without .yaml)'),
  what: z.enum(['attributes', 'lists'], { error: 'attributes or lists' }),
});
export type InspectRequest = z.output<typeof inspectSchema>;

/** The workflow id of an inspection: who asks at the same time gets the same answer. */
export function inspectWorkflowId({ destination, what }: InspectRequest): string {
  return `inspect/${destination}/${what}`;
}

/** An attribute of a destination's profile table. */
export interface AttributeInfo {
  name: string;
  type: string;
  unique: boolean;
  mandatory: boolean;
  maxLength?: number;
  /** Ids of the activations that write it. */
  mappedBy: string[];
}

/** An external target list as far as it can be read. */
export interface ListInfo {
  name: string;
  profiles: number | null;
  /** When it will target nobody any more. */
  expires: string | null;
  /** The file that it last retrieved. */
  file: string | null;
  /** The activation that made it; null: someone else. */
  owner: string | null;
  /** Its activation is no longer in the project. */
  orphaned: boolean;
}

/** What `inspectDestination` answers; `more`: as many again were left out. */
export type InspectResult = { destination: string; more: number } & (
  | { what: 'attributes'; profileTable: string; attributes: AttributeInfo[] }
  | { what: 'lists'; lists: ListInfo[] }
);
