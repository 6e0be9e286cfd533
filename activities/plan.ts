import { Failure } from '../contract/failure.ts';
import type { PlanSummary } from '../contract/plan.ts';
import { requirePlan } from '../state/decisions.ts';
import { needsMatches } from '../state/plan/match-rate.ts';
import { readPlanned, type PlannedRun } from '../state/runs/runs.ts';
import type { State } from '../state/state.ts';
import type { Dependencies } from './dependencies.ts';
import { previewOf } from './preview.ts';
import type { RunRef } from '../contract/steps.ts';

/**
 * Returns what the run will do, as decided when its delta was published. A preview also contains everything else that
 * can be predicted.
 * @throws Failure PlanStale if another plan was requested
 */
export async function plan(deps: Dependencies, ref: RunRef): Promise<PlanSummary> {
  const { state } = deps;
  const run = await readPlanned(state, ref.run);
  const wanted = run.task.plan;
  if (wanted !== undefined && wanted !== run.plan.hash) throw await stale(state, run, wanted);
  if (run.task.preview) return { ...planSummary(run), preview: await previewOf(deps, run) };
  return { ...planSummary(run), listNeedsImport: await needsMatches(state, run) };
}

export function planSummary({ plan, counts }: PlannedRun): PlanSummary {
  const { hash, push, toSend, guards, notes, approved, refused } = plan;
  return { hash, push, toSend, guards, notes, approved, refused, counts: { ...counts } };
}

const COMPARED = ['members', 'added', 'removed', 'leaving', 'changed', 'rejected'] as const;

async function stale(state: State, run: PlannedRun, wanted: string): Promise<Failure> {
  const then = await requirePlan(state, run.activation, wanted);
  const differences = COMPARED.map((count) => ({
    count,
    then: then.counts[count] ?? 0,
    now: run.counts[count] ?? 0,
  })).filter((difference) => difference.then !== difference.now);
  const plannedAt = then.plannedAt.toISOString();
  return new Failure('planStale', { wanted, plannedAt, now: run.plan.hash, differences });
}
