import type { Client } from '@temporalio/client';
import { TASK_QUEUE } from '../contract/names.ts';

/** temporal.api.enums.v1.TaskQueueType: WORKFLOW */
const WORKFLOW_TASKS = 1;

/**
 * Makes sure that no other worker uses the task queue. On an existing server, real workers may wait for real runs, and
 * the demo's worker would take those and run them with the demo's shop.
 * @throws Error if the task queue has a worker
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
