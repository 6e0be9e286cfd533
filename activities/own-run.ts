import { activityInfo, Context } from '@temporalio/activity';
import { Failure } from '../contract/failure.ts';
import { holderOf } from '../state/runs/runs.ts';
import type { Holder } from '../state/runs/lease.ts';
import type { Dependencies } from './dependencies.ts';

/**
 * Makes sure that the state has this run as the run of this workflow. It does not after the state database was lost, or
 * an older one was restored. Then its numbers start again, so another run may have this run's number and fence.
 * @param about the activity's first argument; for an activity of a run, this is the run
 * @throws Failure StateDamaged, or RunSuperseded for a workflow that was reset. Both end the run, because a retry would
 *   not find the run either
 */
export async function requireOwnRun({ state }: Dependencies, about: unknown): Promise<void> {
  const { run, fence } = (about ?? {}) as { run?: unknown; fence?: unknown };
  if (typeof run !== 'string' || fence === undefined) return;
  const { workflowNamespace, workflowExecution } = activityInfo();
  const holder = { namespace: workflowNamespace!, ...workflowExecution! };
  const known = await holderOf(state, run);
  if (known && isSame(known, holder)) return;
  const wasReset =
    known && isSame({ ...known, runId: holder.runId }, holder) && (await firstOf(holder)) === known.runId;
  throw new Failure(wasReset ? 'runReset' : 'runUnknown', { run });
}

function isSame(a: Holder, b: Holder): boolean {
  return a.namespace === b.namespace && a.workflowId === b.workflowId && a.runId === b.runId;
}

/**
 * Returns the first execution of a workflow. A reset copies the history into a new execution, with the number of the
 * run that the former one opened.
 */
async function firstOf({ namespace, workflowId, runId }: Holder): Promise<string | null | undefined> {
  const { workflowService } = Context.current().client;
  const execution = { workflowId, runId };
  const { workflowExecutionInfo } = await workflowService.describeWorkflowExecution({ namespace, execution });
  return workflowExecutionInfo?.firstRunId;
}
