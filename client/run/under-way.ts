import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { workflowId, WORKFLOW_TYPE, type RunRequest } from '../../workflows/contract.ts';
import type { RunHandle } from '../activation-client.ts';

/** What Temporal appends to the id of a workflow that a schedule starts. */
const STARTED_AT = /^-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/**
 * The runs of an activation that are open, started by hand or by its schedule; or its dry runs. The ones of the schedule
 * are found in Temporal's listing, which lags a moment behind.
 * @param request its activation must be a valid id
 */
export async function runsUnderWay(
  client: Client,
  request: Pick<RunRequest, 'activation' | 'dryRun'>,
): Promise<RunHandle[]> {
  const id = workflowId(request);
  const query = `WorkflowType="${WORKFLOW_TYPE}" and ExecutionStatus="Running" and WorkflowId STARTS_WITH "${id}"`;
  const found = new Map<string, RunHandle>();
  const byHand = await openRun(client, id);
  if (byHand) found.set(id, byHand);
  for await (const { workflowId: other, runId } of client.workflow.list({ query })) {
    if (other.startsWith(id) && STARTED_AT.test(other.slice(id.length)))
      found.set(other, client.workflow.getHandle(other, runId));
  }
  return [...found.values()];
}

async function openRun(client: Client, id: string): Promise<RunHandle | undefined> {
  try {
    const { closeTime, runId } = await client.workflow.getHandle(id).describe();
    return closeTime ? undefined : client.workflow.getHandle(id, runId);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
