import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Mode } from './request.ts';

/* What people see in Temporal, and what starts a run there. Change it only by addition. */

export const TASK_QUEUE = 'actito-sync';
export const WORKFLOW_TYPE = 'runActivation';

/** The workflow id of a run: one run of an activation at a time, and a preview beside it. */
export function workflowId({ activation, mode }: { activation: string; mode?: Mode }): string {
  return `${mode === 'preview' ? 'plan' : 'activation'}/${activation}`;
}

/** What Temporal appends to the id of a workflow that a schedule starts. */
const STARTED_AT = /^-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Whether a run has the id that a schedule of the activation gives it. */
export function isScheduled(activation: string, other: string): boolean {
  const id = workflowId({ activation });
  return other.startsWith(id) && STARTED_AT.test(other.slice(id.length));
}

export const activationKey = defineSearchAttributeKey('Activation', SearchAttributeType.KEYWORD);
export const phaseKey = defineSearchAttributeKey('RunPhase', SearchAttributeType.KEYWORD);
export const outcomeKey = defineSearchAttributeKey('RunOutcome', SearchAttributeType.KEYWORD);
/** What a worker registers when it is missing. */
export const SEARCH_ATTRIBUTES = [activationKey, phaseKey, outcomeKey];

/** The environment variable that holds the URL of the state database. */
export const STATE_VARIABLE = 'ACTITO_SYNC_DATABASE_URL';
