import { findDelivered } from '../state/lists/deliveries.ts';
import { judgeMatches } from '../state/plan/hold.ts';
import { deliver } from './deliver.ts';
import type { Dependencies } from './dependencies.ts';
import { planSummary, type PlanSummary } from './plan.ts';
import { untilCancelled } from './progress.ts';
import type { RunRef } from './run-ref.ts';

/** `held`: the plan by which a guard holds the run now; the list was not delivered. */
export type PushSummary = { members: number } | { held: PlanSummary };

/**
 * Delivers the full membership as planned, unless Actito knows too few of those who enter the list. That is judged here
 * and not after the import: an import may also fail, or not end in time.
 * @throws Failure StateDamaged, RunSuperseded, Delivery…
 */
export async function pushList(deps: Dependencies, ref: RunRef): Promise<PushSummary> {
  const run = await untilCancelled(judgeMatches(deps.state, ref));
  const { guards, list, push } = run.plan;
  if (guards.length > 0) return { held: planSummary(run) };
  if (!(await findDelivered(deps.state, ref.run, 'plan')))
    await deliver(deps, ref, run, { kind: 'plan', reason: push!, list });
  return { members: list.members };
}
