import { activityInfo } from '@temporalio/activity';
import { Failure } from '../contract/failure.ts';
import { belongsTo } from '../state/runs/runs.ts';
import type { Dependencies } from './dependencies.ts';

/**
 * Makes sure that the state knows the run that an activity is for as the run of this very workflow. After the state database was
 * lost, or an older one restored, it does not; its numbers begin anew, so that another run may have this one's number and fence.
 * @param about the activity's first argument: of activities that are for a run, the run
 * @throws Failure StateDamaged, which ends the run: no retry finds it again
 */
export async function requireOwnRun({ state }: Dependencies, about: unknown): Promise<void> {
  const { run, fence } = (about ?? {}) as { run?: unknown; fence?: unknown };
  if (typeof run !== 'string' || fence === undefined) return;
  const { workflowNamespace, workflowExecution } = activityInfo();
  const holder = { namespace: workflowNamespace!, ...workflowExecution! };
  if (!(await belongsTo(state, run, holder))) throw new Failure('runUnknown', { run });
}
