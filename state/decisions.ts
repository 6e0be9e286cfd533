import type { Knex } from 'knex';
import { figuresOf, type ApprovedFigures } from '../activation/approval.ts';
import { nearest } from '../activation/suggestion.ts';
import { Failure } from '../contract/failure.ts';
import { DECISION_PERIOD, interval } from '../activation/periods.ts';
import type { Task } from '../contract/task.ts';
import type { Counts } from '../contract/counts.ts';
import type { Plan } from './runs/runs.ts';
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

/** What someone has decided about a held plan. */
export interface PastDecision {
  by: string;
  reason: string;
  planHash: string;
  verdict: 'approved' | 'refused';
  figures: ApprovedFigures;
  /** An approval that a success has used up. */
  usedUp: boolean;
}

/** A plan that was made, with what it counted. */
export interface MadePlan {
  run: string;
  plan: Plan;
  counts: Counts;
  plannedAt: Date;
  /** What the run that made it was to do. */
  task: Task;
}

/** The latest plan of this hash; dry runs make plans too. @throws Failure PlanUnknown */
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
 * Records what was decided, once; whoever refuses an approved plan, or approves a refused one, has thought again.
 * @returns the plan that it is about
 * @throws Failure PlanUnknown when no such plan was held, or none that waits for this decision
 */
export async function recordDecision(db: Knex, decision: Decision): Promise<MadePlan> {
  const { activation, planHash } = decision;
  const latest = await requirePlan(db, activation, planHash);
  // Once approved, the same plan is made without guards.
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

/** An earlier attempt of the same execution has recorded it. */
async function isRecorded(db: Knex, { workflowId, runId }: Decision): Promise<boolean> {
  const found = await rows(db, 'select from decisions where workflow_id = :workflowId and run_id = :runId', {
    workflowId,
    runId,
  });
  return found.length > 0;
}

/**
 * Saying the same again changes nothing, and would be taken for something new. But a plan that was held once more since
 * (by another guard: the hash does not tell of rejects) is a new question.
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

/** What was applied, or passed by, is no longer a question: its figures would let through a later accident. */
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

/** Who approved an undo, or a rebase, has not said anything about the segment, nor about another undo. */
const SAME_KIND = 'undo is not distinct from cast(:undo as bigint) and rebase = :rebase';

/** The kind of plans that a task makes. */
function kindOf({ undo, sends }: Kind): { undo: string | null; rebase: boolean } {
  return { undo, rebase: !sends };
}
type Kind = Pick<Task, 'undo' | 'sends'>;

/** The latest decision of the last 24 hours about plans of a kind; one that was not used up counts. */
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

/** A run succeeded: what was approved before is used up. */
export async function useUpApprovals(db: Knex, activation: string): Promise<void> {
  await db.raw(
    `update decisions set used_at = now() where activation = ? and verdict = 'approved' and used_at is null`,
    [activation],
  );
}
