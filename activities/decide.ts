import { activityInfo } from '@temporalio/activity';
import type { Counts } from '../contract/counts.ts';
import type { DecisionRequest } from '../contract/decision.ts';
import type { RunRequest } from '../contract/request.ts';
import type { Task } from '../contract/task.ts';
import { recordDecision, requirePlan } from '../state/decisions.ts';
import { requireUndo } from '../state/undo.ts';
import { currentDefinition } from './definition.ts';
import type { Dependencies } from './dependencies.ts';

/**
 * Records a decision about a held plan. It replaces an earlier decision that was not used yet.
 * @returns the counts of the plan, and the request of a run that applies the plan
 * @throws Failure PlanUnknown; for an approval also everything that would prevent its run from being opened
 */
export async function decide(
  deps: Dependencies,
  request: DecisionRequest,
): Promise<{ counts: Counts; next: RunRequest }> {
  const { activation, plan: planHash, by, reason } = request;
  const { workflowId, runId } = activityInfo().workflowExecution!;
  if (request.decision === 'approve') await assertRunnable(deps, request);
  const verdict = request.decision === 'approve' ? 'approved' : 'refused';
  const { counts, task } = await recordDecision(deps.state, {
    activation,
    planHash,
    verdict,
    by,
    reason,
    workflowId,
    runId,
  });
  return { counts, next: requestFor(request, task) };
}

/** An approval must not remain if its run cannot be opened. */
async function assertRunnable(deps: Dependencies, { activation, plan }: DecisionRequest): Promise<void> {
  const { state } = deps;
  const { definition } = await currentDefinition(deps, activation);
  const { task } = await requirePlan(state, activation, plan);
  if (task.undo !== null) await requireUndo(state, { activation, to: task.undo, definition });
}

/** An undo is applied exactly. For the other modes, the numbers may exceed the approved ones by a little. */
function requestFor({ activation, plan, reason }: DecisionRequest, task: Task): RunRequest {
  if (task.undo !== null) return { mode: 'undo', activation, to: task.undo, plan, reason };
  if (!task.sends) return { mode: 'rebase', activation, reason };
  return { mode: task.resends ? 'resync' : 'sync', activation, reason };
}
