import { Failure } from '../activation/failures.ts';
import { requirePlan } from '../state/decisions.ts';
import { planRun } from '../state/plan/plan.ts';
import type { Counts, Plan, Run } from '../state/runs/runs.ts';
import type { State } from '../state/state.ts';
import type { Dependencies } from './dependencies.ts';
import { outlookOf, type PlanOutlook } from './outlook.ts';
import { untilCancelled } from './progress.ts';
import type { RunRef } from './run-ref.ts';

/** What the workflow needs to know of a plan; the sets themselves stay in the state database. */
export type PlanSummary = Pick<
  Plan,
  'hash' | 'push' | 'toSend' | 'guards' | 'approved' | 'refused' | 'unchanged'
> & {
  counts: Record<string, number>;
  /** Of a dry run. */
  outlook?: PlanOutlook;
};

/**
 * Compares the stage with what Actito acknowledged, and decides what the run will do.
 * @throws Failure PlanStale when another plan was asked for, StageLost
 */
export async function plan(deps: Dependencies, ref: RunRef): Promise<PlanSummary> {
  const { state } = deps;
  const run = await untilCancelled(planRun(state, ref));
  const wanted = run.request.plan;
  if (wanted !== undefined && wanted !== run.plan.hash) throw await stale(state, run, wanted);
  const { hash, push, toSend, guards, approved, refused, unchanged } = run.plan;
  const outlook = run.dryRun ? { outlook: await outlookOf(deps, run) } : {};
  return { hash, push, toSend, guards, approved, refused, unchanged, counts: { ...run.counts }, ...outlook };
}

const COMPARED = ['members', 'added', 'removed', 'leaving', 'changed', 'rejected'] as const;

async function stale(state: State, run: Run & { plan: Plan }, wanted: string): Promise<Failure> {
  const then = await requirePlan(state, run.activation, wanted);
  const differences = COMPARED.filter((name) => count(then.counts, name) !== count(run.counts, name)).map(
    (name) => `${name} ${count(then.counts, name)} → ${count(run.counts, name)}`,
  );
  return new Failure(
    'PlanStale',
    `Plan ${wanted} of ${then.plannedAt.toISOString()} is not what this run would do (${run.plan.hash}): ` +
      `${differences.join(', ') || 'the same numbers, but other members, values or settings'}. Nothing was ` +
      'written. Plan again, and apply the new plan.',
  );
}

function count(counts: Counts, name: (typeof COMPARED)[number]): number {
  return counts[name] ?? 0;
}
