import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery } from '@temporalio/workflow';
import { z } from 'zod';
import type { PlanOutlook } from '../activities/outlook.ts';
import { planHash, text, type RunRequest } from './run-request.ts';

export type { PlanOutlook };
export { requestSchema, type RunInput, type RunRequest } from './run-request.ts';

/*
 * What the outside knows of the workflow: names, input, result, queries. The command line and the bare Temporal CLI
 * rely on it; change it only by addition.
 */

export const TASK_QUEUE = 'actito-sync';
export const WORKFLOW_TYPE = 'runActivation';

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
  /** The segment was taken for what Actito has. */
  rebase?: true;
  /** All of it in one sentence. */
  summary: string;
  /** Why it was skipped, or what went wrong although it completed. */
  notes: string[];
  counts: RunCounts;
  rejects: { stage: string; reason: string; attribute: string; count: number }[];
  planHash?: string;
  /** The list was put back to how it was after this run, or would be. */
  undo?: string;
  /** Of a dry run: what else can be said of its plan. */
  plan?: PlanOutlook;
  list?: {
    name: string;
    /** Why it was pushed; null: it was not. */
    pushed: string | null;
    /**
     * How sure it is: Actito has `retrieved` the file; it was asked, and has not yet (`pending`); the file lies in its
     * place, and this licence has no means to ask (`delivered`).
     */
    confirmation: 'retrieved' | 'pending' | 'delivered' | null;
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

export const REFUSE_WORKFLOW_TYPE = 'refusePlan';

/** The one argument of `refusePlan`: someone decides that a held plan must not be applied. */
export const refusalSchema = z.strictObject({
  activation: z
    .string({ error: 'the id of an activation (the name of its file without .yaml)' })
    .min(1, 'the id of an activation (the name of its file without .yaml)'),
  plan: planHash,
  reason: text(200),
  by: text(100).default('unknown'),
});
export type RefusalInput = z.input<typeof refusalSchema>;

/** The result of `refusePlan`. */
export interface RefusalResult {
  activation: string;
  /** The hash of the plan. */
  refused: string;
  by: string;
  reason: string;
  /** What the plan counted. */
  counts: RunCounts;
}

/** The workflow id of a refusal. */
export function refusalWorkflowId({ activation, plan }: Pick<RefusalInput, 'activation' | 'plan'>): string {
  return `refuse/${activation}/${plan}`;
}

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

export const DOCTOR_WORKFLOW_TYPE = 'doctor';

/** The one argument of `doctor`: a destination or an activation; without one, all of the project is examined. */
export const doctorSchema = z.strictObject({
  target: z
    .string({ error: 'the id of a destination or of an activation' })
    .min(1, 'the id of a destination or of an activation')
    .optional(),
});
export type DoctorRequest = z.output<typeof doctorSchema>;

/** The workflow id of an examination: who asks at the same time gets the same answer. */
export function doctorWorkflowId({ target }: DoctorRequest): string {
  return target === undefined ? 'doctor' : `doctor/${target}`;
}

/** One thing that was tried, from where the worker is. */
export interface Probe {
  name: string;
  ok: boolean;
  /** Nothing was tried, since it cannot be read: what is said is for people to compare. */
  told?: true;
  /** What was found, or what went wrong. Never a secret, a key or a value. */
  detail: string;
  /** What to do; only of what is not well. */
  advice?: string;
}

/** What `doctor` answers. It completes whatever the probes found. */
export interface DoctorResult {
  probes: Probe[];
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
