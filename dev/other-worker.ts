import type { Client } from '@temporalio/client';
import { TASK_QUEUE } from '../contract/names.ts';

/** temporal.api.enums.v1.TaskQueueType: WORKFLOW */
const WORKFLOW_TASKS = 1;

/**
 * On a server that was there before, real workers may wait for real runs: the demo's worker would take those from
 * them, and run them on the demo's shop.
 * @throws Error when the task queue has a worker
 */
export async function assertNoOtherWorker(client: Client, address: string): Promise<void> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_TASKS,
  });
  if (!pollers?.length) return;
  throw new Error(
    `Other workers poll the task queue ${TASK_QUEUE} at TEMPORAL_ADDRESS=${address}, or did a few minutes ago. The demo ` +
      'would take their runs. Unset TEMPORAL_ADDRESS; the demo then starts its own server.',
  );
}
