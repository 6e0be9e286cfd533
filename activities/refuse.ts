import { activityInfo } from '@temporalio/activity';
import type { Counts } from '../contract/counts.ts';
import type { Refusal } from '../contract/refusal.ts';
import { recordDecision } from '../state/decisions.ts';
import type { Dependencies } from './dependencies.ts';

/**
 * Records a refusal; an approval of the same activation that was not used yet no longer counts.
 * @returns what the refused plan counted
 * @throws Failure PlanUnknown
 */
export async function refuse({ state }: Dependencies, refusal: Refusal): Promise<Counts> {
  const { activation, plan, by, reason } = refusal;
  const { workflowId, runId } = activityInfo().workflowExecution!;
  const { counts } = await recordDecision(state, {
    ...{ activation, planHash: plan, verdict: 'refused', by, reason, workflowId, runId },
  });
  return counts;
}
