import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Mode } from './request.ts';

/* Names that are visible in Temporal, and that programs use to start runs. Existing names must not change. */

export const TASK_QUEUE = 'actito-sync';
export const WORKFLOW_TYPE = 'runActivation';

/** The workflow id of a run. An activation can have only one run at a time, plus one preview. */
export function workflowId({ activation, mode }: { activation: string; mode?: Mode }): string {
  return `${mode === 'preview' ? 'plan' : 'activation'}/${activation}`;
}

/** The suffix that Temporal adds to the id of a workflow that a schedule starts. */
const STARTED_AT = /^-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Whether a workflow id belongs to a scheduled run of the activation. */
export function isScheduled(activation: string, other: string): boolean {
  const id = workflowId({ activation });
  return other.startsWith(id) && STARTED_AT.test(other.slice(id.length));
}

export const activationKey = defineSearchAttributeKey('Activation', SearchAttributeType.KEYWORD);
export const phaseKey = defineSearchAttributeKey('RunPhase', SearchAttributeType.KEYWORD);
export const outcomeKey = defineSearchAttributeKey('RunOutcome', SearchAttributeType.KEYWORD);
/** The worker registers these if they are missing. */
export const SEARCH_ATTRIBUTES = [activationKey, phaseKey, outcomeKey];

export const STATE_VARIABLE = 'ACTITO_SYNC_DATABASE_URL';
