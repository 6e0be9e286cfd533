import type { Knex } from 'knex';
import { figuresOf, type ApprovedFigures } from '../activation/approval.ts';
import { Failure } from '../activation/failures.ts';
import type { Counts, Plan } from './runs.ts';
import { rows } from './state.ts';

/** What someone decides about a held plan. */
export interface Decision {
  activation: string;
  planHash: string;
  verdict: 'approved' | 'refused';
  by: string;
  reason: string;
  /** The workflow execution that records it. */
  workflowId: string;
  runId: string;
}

/** An approval that still counts. */
export interface Approval {
  by: string;
  reason: string;
  figures: ApprovedFigures;
}

/** A plan that was made, with what it counted. */
export interface MadePlan {
  plan: Plan;
  counts: Counts;
  plannedAt: Date;
}

/** The latest plan of this hash; dry runs make plans too. @throws Failure PlanUnknown */
export async function requirePlan(db: Knex, activation: string, hash: string): Promise<MadePlan> {
  const [made] = await rows<MadePlan>(
    db,
    `select plan, counts, opened_at as "plannedAt" from runs
     where activation = :activation and plan->>'hash' = :hash order by no desc limit 1`,
    { activation, hash },
  );
  if (made) return made;
  throw new Failure(
    'PlanUnknown',
    `Activation ${activation} has no plan ${hash}. The hash of a plan stands in the result of a dry run, and in the ` +
      'failure of a run that was held.',
  );
}

/** Records what was decided, once. @throws Failure PlanUnknown when no such plan was held */
export async function recordDecision(db: Knex, decision: Decision): Promise<void> {
  const { activation, planHash } = decision;
  const { plan, counts } = await requirePlan(db, activation, planHash);
  if (plan.guards.length === 0) {
    throw new Failure(
      'PlanUnknown',
      `No guard held plan ${planHash} of activation ${activation}: there is nothing to decide.`,
    );
  }
  await db.raw(
    `insert into decisions (activation, plan_hash, verdict, decided_by, reason, figures, counts, workflow_id, run_id)
     values (:activation, :planHash, :verdict, :by, :reason, :figures, :counts, :workflowId, :runId)
     on conflict (workflow_id, run_id) do nothing`,
    { ...decision, figures: JSON.stringify(figuresOf(plan.guards)), counts: JSON.stringify(counts) },
  );
}

/** The approval that counts now: the latest decision of the last 24 hours, unless it was used up, or a refusal. */
export async function activeApproval(db: Knex, activation: string): Promise<Approval | undefined> {
  const [latest] = await rows<Approval & { counts: boolean }>(
    db,
    `select decided_by as by, reason, figures, verdict = 'approved' and used_at is null as counts
     from decisions where activation = ? and decided_at > now() - interval '24 hours' order by id desc limit 1`,
    [activation],
  );
  return latest?.counts ? latest : undefined;
}

/** A run succeeded: what was approved before is used up. */
export async function useUpApprovals(db: Knex, activation: string): Promise<void> {
  await db.raw(
    `update decisions set used_at = now() where activation = ? and verdict = 'approved' and used_at is null`,
    [activation],
  );
}
