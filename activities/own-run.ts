import { activityInfo, Context } from '@temporalio/activity';
import { Failure } from '../contract/failure.ts';
import { holderOf } from '../state/runs/runs.ts';
import type { Holder } from '../state/runs/lease.ts';
import type { Dependencies } from './dependencies.ts';

/**
 * Makes sure that the state knows the run that an activity is for as the run of this very workflow. After the state database was
 * lost, or an older one restored, it does not; its numbers begin anew, so that another run may have this one's number and fence.
 * @param about the activity's first argument: of activities that are for a run, the run
 * @throws Failure StateDamaged, or RunSuperseded for a workflow that someone has reset; either ends the run: no retry finds it again
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
 * The execution with which a workflow has begun. A reset copies the history into a new execution, with the number of the run
 * that the former one has opened.
 */
async function firstOf({ namespace, workflowId, runId }: Holder): Promise<string | null | undefined> {
  const { workflowService } = Context.current().client;
  const execution = { workflowId, runId };
  const { workflowExecutionInfo } = await workflowService.describeWorkflowExecution({ namespace, execution });
  return workflowExecutionInfo?.firstRunId;
}
