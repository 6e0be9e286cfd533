import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Mode } from './request.ts';

/* What people see in Temporal, and what starts a run there. Change it only by addition. */

export const TASK_QUEUE = 'actito-sync';
export const WORKFLOW_TYPE = 'runActivation';

/** The workflow id of a run: one run of an activation at a time, and a preview beside it. */
export function workflowId({ activation, mode }: { activation: string; mode?: Mode }): string {
  return `${mode === 'preview' ? 'plan' : 'activation'}/${activation}`;
}

export const activationKey = defineSearchAttributeKey('Activation', SearchAttributeType.KEYWORD);
export const phaseKey = defineSearchAttributeKey('RunPhase', SearchAttributeType.KEYWORD);
export const outcomeKey = defineSearchAttributeKey('RunOutcome', SearchAttributeType.KEYWORD);
/** What a worker registers when it is missing. */
export const SEARCH_ATTRIBUTES = [activationKey, phaseKey, outcomeKey];

/** The environment variable that holds the URL of the state database. */
export const STATE_VARIABLE = 'ACTITO_SYNC_DATABASE_URL';
