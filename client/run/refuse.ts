import type { Client } from '@temporalio/client';
import {
  REFUSE_WORKFLOW_TYPE,
  refusalSchema,
  refusalWorkflowId,
  type RefusalInput,
  type RefusalResult,
} from '../../contract/refusal.ts';
import { askWorker, type AskOptions } from './ask-worker.ts';
import { checked } from './check.ts';

/**
 * Records that a held plan must not be applied.
 * @throws Failure InvalidActivation for an unusable refusal, WorkflowFailedError when there is no such plan to decide on
 * (see runFailure), AbortError when the waiting was ended
 */
export async function refusePlan(
  client: Client,
  input: RefusalInput,
  options: AskOptions = {},
): Promise<RefusalResult> {
  const request = checked(refusalSchema, input);
  const question = { type: REFUSE_WORKFLOW_TYPE, workflowId: refusalWorkflowId(request), request };
  return askWorker<RefusalResult>(client, question, options);
}
