import type { Client } from '@temporalio/client';
import {
  DECIDE_WORKFLOW_TYPE,
  decisionSchema,
  decisionWorkflowId,
  type DecisionInput,
  type DecisionResult,
} from '../../contract/decision.ts';
import { askWorker, type AskOptions } from './ask-worker.ts';
import { checked } from './check.ts';

/**
 * Records a decision about a held plan; an approval starts a run at once, unless it says otherwise.
 * @throws Failure InvalidActivation for an unusable decision, WorkflowFailedError when there is no such plan to decide on
 * (see runFailure), AbortError when the waiting was ended
 */
export async function decide(
  client: Client,
  input: DecisionInput,
  options: AskOptions = {},
): Promise<DecisionResult> {
  const request = checked(decisionSchema, input);
  const question = { type: DECIDE_WORKFLOW_TYPE, workflowId: decisionWorkflowId(request), request };
  return askWorker<DecisionResult>(client, question, options);
}
