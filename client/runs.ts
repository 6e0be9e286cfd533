import { WorkflowNotFoundError, type Client, type WorkflowExecutionInfo } from '@temporalio/client';
import { isScheduled, workflowId, WORKFLOW_TYPE } from '../contract/names.ts';
import type { Mode, RunRequest } from '../contract/request.ts';
import { runFailure } from './failure.ts';
import { followRun, type FollowOptions } from './follow.ts';
import type { RunHandle } from './start.ts';

/** A run as Temporal has it, listed or described. */
type Execution = Omit<WorkflowExecutionInfo, 'raw'>;

/** Which runs are meant: those of an activation, or its dry runs. Its activation must be a valid id. */
export type RunsOf = Pick<RunRequest, 'activation'> & { mode?: Mode };

/**
 * The runs of an activation that are open, started by hand or by its schedule; or its dry runs. The ones of the schedule
 * are found in Temporal's listing, which lags a moment behind.
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

/** The latest runs of an activation that have ended, in whatever way. Temporal's listing lags a moment behind. */
export async function endedRuns(client: Client, request: RunsOf, most: number): Promise<Execution[]> {
  const id = workflowId(request);
  // Of the schedule's ids the first digit of the year: other activations may have ids that begin with this one's.
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

/** Whether a workflow of this id is a run of that activation, by hand or by its schedule. */
export function isRunOf(request: RunsOf, other: string): boolean {
  if (other === workflowId(request)) return true;
  return request.mode !== 'preview' && isScheduled(request.activation, other);
}

/** What was started last under this very id; undefined when nothing was, or so long ago that Temporal forgot. */
async function latestStarted(client: Client, id: string): Promise<Execution | undefined> {
  try {
    return await client.workflow.getHandle(id).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** How a run ended that was asked to stop. */
export interface CancelledRun {
  workflowId: string;
  /** `cancelled`, or how it had ended before it could be: an outcome, or the type of its failure. */
  outcome: string;
}

/**
 * Asks a run to stop, and waits until it has: it settles what Actito confirmed, and gives its lease back.
 * @throws AbortError when the waiting was ended; the run is asked all the same
 */
export async function cancelRun(handle: RunHandle, follow: FollowOptions): Promise<CancelledRun> {
  const { workflowId } = handle;
  try {
    await handle.cancel();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error; // it has just ended: the result tells how
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
