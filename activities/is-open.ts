import { Context } from '@temporalio/activity';
import type { WorkflowService } from '@temporalio/client';
import type { Holder } from '../state/runs/lease.ts';

/** temporal.api.enums.v1.WorkflowExecutionStatus: RUNNING and PAUSED. */
const OPEN_STATUSES: (number | null | undefined)[] = [1, 8];
/** The gRPC status code NOT_FOUND. */
const NOT_FOUND = 5;

/** Whether a workflow of this status is still open. */
export function isOpenStatus(status: number | null | undefined): boolean {
  return OPEN_STATUSES.includes(status);
}

/** Whether Temporal answered that it does not know the workflow. */
export function isUnknown(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === NOT_FOUND;
}

/**
 * Asks Temporal whether the holder of a lease, or of a run, is open. A workflow that is closed or unknown holds
 * nothing.
 */
export function isOpen(holder: Holder): Promise<boolean> {
  return isOpenAt(Context.current().client.workflowService, holder);
}

/**
 * Does the same outside of an activity.
 * @param unknown the result if Temporal does not know the workflow
 */
export async function isOpenAt(
  workflowService: WorkflowService,
  { namespace, workflowId, runId }: Holder,
  unknown: 'open' | 'ended' = 'ended',
): Promise<boolean> {
  try {
    const described = await workflowService.describeWorkflowExecution({
      namespace,
      execution: { workflowId, runId },
    });
    return isOpenStatus(described.workflowExecutionInfo?.status);
  } catch (error) {
    if (isUnknown(error)) return unknown === 'open';
    throw error;
  }
}
