import { WorkflowNotFoundError, type Client, type WorkflowExecutionInfo } from '@temporalio/client';
import { isScheduled, workflowId, WORKFLOW_TYPE } from '../contract/names.ts';
import type { Mode, RunRequest } from '../contract/request.ts';
import { runFailure } from './failure.ts';
import { followRun, type FollowOptions } from './follow.ts';
import type { RunHandle } from './start.ts';

/** A run as Temporal lists or describes it. */
type Execution = Omit<WorkflowExecutionInfo, 'raw'>;

/** Selects the runs of an activation, or its dry runs. The activation must be a valid id. */
export type RunsOf = Pick<RunRequest, 'activation'> & { mode?: Mode };

/**
 * Returns the open runs of an activation, started manually or by its schedule; or its dry runs. Scheduled runs come
 * from Temporal's listing, which is slightly delayed.
 */
export async function runsUnderWay(client: Client, request: RunsOf): Promise<RunHandle[]> {
  const id = workflowId(request);
  const query = `WorkflowType="${WORKFLOW_TYPE}" and ExecutionStatus="Running" and WorkflowId STARTS_WITH "${id}"`;
  const found = new Map<string, RunHandle>();
  const started = await latestStarted(client, id);
  if (started && !started.closeTime) found.set(id, client.workflow.getHandle(id, started.runId));
  for await (const { workflowId: other, runId } of client.workflow.list({ query })) {
    if (other !== id && isRunOf(request, other)) found.set(other, client.workflow.getHandle(other, runId));
  }
  return [...found.values()];
}

/** Returns the latest closed runs of an activation, whatever their outcome. Temporal's listing is slightly delayed. */
export async function endedRuns(client: Client, request: RunsOf, most: number): Promise<Execution[]> {
  const id = workflowId(request);
  // A scheduled run's id continues with the year. Its first digit excludes activations whose ids begin with this one's.
  const ids = `(WorkflowId="${id}" or WorkflowId STARTS_WITH "${id}-2")`;
  const query = `WorkflowType="${WORKFLOW_TYPE}" and ${ids} and ExecutionStatus!="Running"`;
  const found = new Map<string, Execution>();
  const started = await latestStarted(client, id);
  if (started?.closeTime) found.set(started.runId, started);
  for await (const ended of client.workflow.list({ query, pageSize: most })) {
    if (ended.closeTime && isRunOf(request, ended.workflowId)) found.set(ended.runId, ended);
    if (found.size >= most) break;
  }
  return [...found.values()];
}

/** Whether a workflow id belongs to a run of the activation, started manually or by its schedule. */
export function isRunOf(request: RunsOf, other: string): boolean {
  if (other === workflowId(request)) return true;
  return request.mode !== 'preview' && isScheduled(request.activation, other);
}

/** Returns the latest run with exactly this id; undefined: there was none, or Temporal has deleted it. */
async function latestStarted(client: Client, id: string): Promise<Execution | undefined> {
  try {
    return await client.workflow.getHandle(id).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** The end of a run after a request to cancel it. */
export interface CancelledRun {
  workflowId: string;
  /** `cancelled`, or how the run ended before that: an outcome, or the type of its failure. */
  outcome: string;
}

/**
 * Cancels a run and waits until it has ended: it records what Actito confirmed, and releases its lease.
 * @throws AbortError when `signal` ended the waiting; the run is canceled anyway
 */
export async function cancelRun(handle: RunHandle, follow: FollowOptions): Promise<CancelledRun> {
  const { workflowId } = handle;
  try {
    await handle.cancel();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error; // the run has just ended; its result says how
  }
  try {
    return { workflowId, outcome: (await followRun(handle, follow)).outcome };
  } catch (error) {
    const failure = runFailure(error);
    if (!failure) throw error;
    const { type } = failure;
    return { workflowId, outcome: type === 'Cancelled' ? 'cancelled' : type };
  }
}
