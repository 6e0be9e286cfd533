import type { Client } from '@temporalio/client';
import {
  INSPECT_WORKFLOW_TYPE,
  inspectWorkflowId,
  type InspectRequest,
  type InspectResult,
} from '../../contract/inspect.ts';
import { askWorker, type AskOptions } from '../run/ask-worker.ts';

/**
 * Looks up what exists in Actito, by the worker, which alone has the API key. Who asks while the same is being looked up
 * gets that answer.
 * @throws WorkflowFailedError when Actito or the configuration does not allow it (see runFailure), AbortError when the
 * waiting was ended
 */
export async function inspect(
  client: Client,
  request: InspectRequest,
  options: AskOptions = {},
): Promise<InspectResult> {
  const question = { type: INSPECT_WORKFLOW_TYPE, workflowId: inspectWorkflowId(request), request };
  return askWorker<InspectResult>(client, question, options);
}
