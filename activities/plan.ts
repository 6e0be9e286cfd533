import type { Plan } from '../state/runs.ts';
import { planRun } from '../state/plan.ts';
import type { Dependencies } from './dependencies.ts';
import { untilCancelled } from './progress.ts';
import type { RunRef } from './run-ref.ts';

/** What the workflow needs to know of a plan; the sets themselves stay in the state database. */
export type PlanSummary = Pick<Plan, 'hash' | 'push' | 'toSend' | 'guards' | 'unchanged'> & {
  counts: Record<string, number>;
};

/** Compares the stage with what Actito acknowledged, and decides what the run will do. */
export async function plan({ state }: Dependencies, ref: RunRef): Promise<PlanSummary> {
  const run = await untilCancelled(planRun(state, ref));
  const { hash, push, toSend, guards, unchanged } = run.plan;
  return { hash, push, toSend, guards, unchanged, counts: { ...run.counts } };
}
