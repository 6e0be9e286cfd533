import { WorkflowIdConflictPolicy, type Client } from '@temporalio/client';
import {
  INSPECT_WORKFLOW_TYPE,
  inspectWorkflowId,
  TASK_QUEUE,
  type InspectRequest,
  type InspectResult,
} from '../../workflows/contract.ts';
import { followWorkflow, type Follow } from '../run/follow.ts';

/** An inspection that nobody could answer for so long is not waited for by anyone. */
const LIFETIME = '10 minutes';
/** Every workflow answers it, so it tells whether there is a worker. */
const METADATA_QUERY = '__temporal_workflow_metadata';

export interface InspectOptions extends Omit<Follow, 'onProgress'> {
  /** Default: the product's. */
  taskQueue?: string;
}

/**
 * Looks up what exists in Actito, by the worker, which alone has the API key. Who asks while the same is being looked up
 * gets that answer.
 * @throws WorkflowFailedError when Actito or the configuration does not allow it (see runFailure), AbortError when the
 * waiting was ended
 */
export async function inspect(
  client: Client,
  request: InspectRequest,
  { taskQueue = TASK_QUEUE, ...follow }: InspectOptions = {},
): Promise<InspectResult> {
  const handle = await client.workflow.start<(request: InspectRequest) => Promise<InspectResult>>(
    INSPECT_WORKFLOW_TYPE,
    {
      taskQueue,
      workflowId: inspectWorkflowId(request),
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      workflowExecutionTimeout: LIFETIME,
      args: [request],
    },
  );
  return followWorkflow(handle, METADATA_QUERY, follow);
}
