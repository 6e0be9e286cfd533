import type { Knex } from 'knex';
import { figuresOf, type ApprovedFigures } from '../activation/approval.ts';
import { nearest } from '../activation/suggestion.ts';
import { Failure } from '../contract/failure.ts';
import { DECISION_PERIOD, interval } from '../activation/periods.ts';
import type { Task } from '../contract/task.ts';
import type { Counts } from '../contract/counts.ts';
import type { Plan } from './runs/runs.ts';
import { rows } from './state.ts';

/** A decision about a held plan. */
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

/** An earlier decision about a held plan. */
export interface PastDecision {
  by: string;
  reason: string;
  planHash: string;
  verdict: 'approved' | 'refused';
  figures: ApprovedFigures;
  /** The approval was used up by a run that succeeded. */
  usedUp: boolean;
}

/** A plan of an earlier run, with its counts. */
export interface MadePlan {
  run: string;
  plan: Plan;
  counts: Counts;
  plannedAt: Date;
  /** The task of the run that made it. */
  task: Task;
}

/** Returns the latest plan with this hash, also of a preview. @throws Failure PlanUnknown */
export async function requirePlan(db: Knex, activation: string, hash: string): Promise<MadePlan> {
  const made = await findPlan(db, activation, hash, 'true');
  if (made) return made;
  const plans = await rows<{ hash: string }>(
    db,
    `select distinct plan->>'hash' as hash from runs where activation = ? and plan->>'hash' is not null`,
    [activation],
  );
  const near = nearest(
    hash,
    plans.map((plan) => plan.hash),
  );
  throw new Failure('planUnknown', { activation, planHash: hash, ...(near === undefined ? {} : { near }) });
}

async function findPlan(db: Knex, activation: string, hash: string, condition: string) {
  const [made] = await rows<MadePlan>(
    db,
    `select no as run, plan, counts, opened_at as "plannedAt", task
     from runs
     where activation = :activation and plan->>'hash' = :hash and ${condition} order by no desc limit 1`,
    { activation, hash },
  );
  return made;
}

/**
 * Records a decision once. A later decision replaces an earlier opposite one.
 * @returns the plan
 * @throws Failure PlanUnknown if no such plan was held, or none that waits for this decision
 */
export async function recordDecision(db: Knex, decision: Decision): Promise<MadePlan> {
  const { activation, planHash } = decision;
  const latest = await requirePlan(db, activation, planHash);
  // After an approval, the same plan is made without guards.
  const held = await findPlan(db, activation, planHash, `jsonb_array_length(plan->'guards') > 0`);
  if (await isRecorded(db, decision)) return held ?? latest;
  if (!held) {
    throw new Failure('planNotHeld', { activation, planHash });
  }
  await assertNotOvertaken(db, decision, held);
  await assertUndecided(db, decision, held);
  const { plan, counts, task } = held;
  await db.raw(
    `insert into decisions (activation, plan_hash, verdict, decided_by, reason, figures, counts, undo, rebase,
                            workflow_id, run_id)
     values (:activation, :planHash, :verdict, :by, :reason, :figures, :counts, :undo, :rebase, :workflowId, :runId)
     on conflict (workflow_id, run_id) do nothing`,
    {
      ...decision,
      ...kindOf(task),
      figures: JSON.stringify(figuresOf(plan.guards)),
      counts: JSON.stringify(counts),
    },
  );
  return held;
}

/** An earlier attempt of the same execution has recorded the decision. */
async function isRecorded(db: Knex, { workflowId, runId }: Decision): Promise<boolean> {
  const found = await rows(db, 'select from decisions where workflow_id = :workflowId and run_id = :runId', {
    workflowId,
    runId,
  });
  return found.length > 0;
}

/**
 * Rejects a repeated decision, which would change nothing but look like a new one. But a plan that was held again since
 * then needs a new decision: another guard may hold it, because the hash does not cover rejects.
 */
async function assertUndecided(
  db: Knex,
  { activation, planHash, verdict }: Decision,
  { run, task }: MadePlan,
): Promise<void> {
  const [last] = await rows<{ same: boolean; by: string; reason: string; at: Date }>(
    db,
    `select plan_hash = :planHash and verdict = :verdict as same, decided_by as by, reason,
            decided_at as at
     from decisions where activation = :activation and decided_at > now() - ${interval(DECISION_PERIOD)}
       and ${SAME_KIND} and decided_at > (select opened_at from runs where no = :run)
     order by id desc limit 1`,
    { activation, planHash, verdict, run, ...kindOf(task) },
  );
  if (!last?.same) return;
  const until = new Date(last.at.getTime() + DECISION_PERIOD).toISOString();
  const { by, reason, at } = last;
  throw new Failure('planDecided', {
    activation,
    planHash,
    approved: verdict === 'approved',
    by,
    at: at.toISOString(),
    reason,
    until,
    undo: task.undo ?? undefined,
  });
}

/** A plan that was applied or replaced can no longer be decided: its numbers would let a later accident pass. */
async function assertNotOvertaken(
  db: Knex,
  { activation, planHash }: Decision,
  { run, task }: MadePlan,
): Promise<void> {
  const [overtaken] = await rows<{ run: string; at: Date }>(
    db,
    `select no as run, closed_at as at from runs
     where activation = :activation and fence is not null and outcome like 'succeeded%'
       and closed_at > (select opened_at from runs where no = :run)
     order by no desc limit 1`,
    { activation, run },
  );
  if (!overtaken) return;
  throw new Failure('planOvertaken', {
    activation,
    planHash,
    run: overtaken.run,
    at: overtaken.at.toISOString(),
    undo: task.undo ?? undefined,
  });
}

/** The approval of an undo or a rebase does not apply to a sync, nor to another undo. */
const SAME_KIND = 'undo is not distinct from cast(:undo as bigint) and rebase = :rebase';

/** Returns the kind of plans that a task makes. */
function kindOf({ undo, sends }: Kind): { undo: string | null; rebase: boolean } {
  return { undo, rebase: !sends };
}
type Kind = Pick<Task, 'undo' | 'sends'>;

/** Returns the latest decision of the last 24 hours about plans of this kind, unless it was used up. */
export async function latestDecision(
  db: Knex,
  activation: string,
  kind: Kind = { undo: null, sends: true },
): Promise<PastDecision | undefined> {
  const [latest] = await rows<PastDecision>(
    db,
    `select decided_by as by, reason, figures, plan_hash as "planHash", verdict, used_at is not null as "usedUp"
     from decisions where activation = :activation and ${SAME_KIND}
       and decided_at > now() - ${interval(DECISION_PERIOD)}
     order by id desc limit 1`,
    { activation, ...kindOf(kind) },
  );
  return latest;
}

/** Marks earlier approvals as used up, after a run succeeded. */
export async function useUpApprovals(db: Knex, activation: string): Promise<void> {
  await db.raw(
    `update decisions set used_at = now() where activation = ? and verdict = 'approved' and used_at is null`,
    [activation],
  );
}
