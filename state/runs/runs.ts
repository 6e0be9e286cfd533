import { Failure } from '../../contract/failure.ts';
import type { Knex } from 'knex';
import type { Definition } from '../../activation/definition/definition.ts';
import type { GuardTrip } from '../../contract/plan.ts';
import type { Column } from '../../activation/values/kinds.ts';
import type { Outcome } from '../../contract/result.ts';
import type { Counts } from '../../contract/counts.ts';
import type { PlanFacts } from '../../contract/plan.ts';
import type { Task } from '../../contract/task.ts';
import type { Fence, Holder } from './lease.ts';
import { rows, type State } from '../state.ts';

/** A run as stored. Numbers of rows are numbers; ids and fences are strings. */
export interface Run extends Fence {
  activation: string;
  task: Task;
  definition: Definition;
  /** The table of the published delta. */
  delta: string | null;
  columns: Column[] | null;
  /** The last delivered list, as the delta was compared with it. */
  base: { members: number; checksum: string };
  counts: Counts;
  /** Guards on the warehouse that hold this run. */
  sourceGuards: GuardTrip[];
  plan: Plan | null;
  settled: boolean;
  /** Null until it is closed. */
  outcome: Outcome | null;
  openedAt: Date;
}

/** What a run will do; decided once, before the first write. */
export interface Plan extends PlanFacts {
  /** The list to deliver. */
  list: ListFigures;
  /** True if everything to send was already sent before and is only retried. */
  retriesAlone: boolean;
}

/** The numbers of a list: its members, and the sum of their identifier marks. */
export interface ListFigures {
  members: number;
  checksum: string;
}

export interface NewRun extends Holder {
  activation: string;
  task: Task;
  definition: Definition;
  fence: string | null;
}

/** Creates a run's row and returns its number. */
export async function createRun(trx: Knex, run: NewRun): Promise<string> {
  const [row] = await rows<{ no: string }>(
    trx,
    `insert into runs (activation, namespace, workflow_id, run_id, fence, task, definition)
     values (:activation, :namespace, :workflowId, :runId, :fence, :task, :definition)
     returning no`,
    {
      activation: run.activation,
      namespace: run.namespace,
      workflowId: run.workflowId,
      runId: run.runId,
      fence: run.fence,
      task: JSON.stringify(run.task),
      definition: JSON.stringify(run.definition),
    },
  );
  return row!.no;
}

const RUN = `
  select no as run, activation, fence, task, definition, delta, columns, counts,
         jsonb_build_object('members', base_members, 'checksum', cast(base_checksum as text)) as base,
         source_guards as "sourceGuards", plan,
         settled_at is not null as settled, outcome, opened_at as "openedAt"
  from runs`;

/** Returns a run by its number. */
export async function readRun(db: Knex, run: string): Promise<Run> {
  const [row] = await rows<Run>(db, `${RUN} where no = ?`, [run]);
  if (!row) throw new Failure('runUnknown', { run });
  return row;
}

/** A run with a plan. */
export type PlannedRun = Run & { plan: Plan; delta: string };

/** Returns a run for the steps after planning. */
export async function readPlanned(db: Knex, run: string): Promise<PlannedRun> {
  const found = await readRun(db, run);
  if (!found.plan || !found.delta) throw new Failure('planMissing', { run });
  return found as PlannedRun;
}

/** Returns the run of a workflow execution, if it has one. */
export async function findRun(db: Knex, holder: Holder): Promise<Run | undefined> {
  const found = await rows<Run>(
    db,
    `${RUN} where namespace = :namespace and workflow_id = :workflowId and run_id = :runId`,
    { ...holder },
  );
  return found[0];
}

/** Returns the execution that opened a run; undefined if the state does not have the run. */
export async function holderOf(db: Knex, run: string): Promise<Holder | undefined> {
  const [found] = await rows<Holder>(
    db,
    'select namespace, workflow_id as "workflowId", run_id as "runId" from runs where no = ?',
    [run],
  );
  return found;
}

/** Returns the runs of an activation that were never closed, with their executions; oldest first. */
export async function openRuns(state: State, activation: string): Promise<(Holder & Fence)[]> {
  return rows(
    state,
    `select no as run, fence, namespace, workflow_id as "workflowId", run_id as "runId"
     from runs where activation = ? and closed_at is null order by no`,
    [activation],
  );
}

/** Adds to a run's counts. */
export async function addCounts(db: Knex, run: string, counts: Counts): Promise<void> {
  await db.raw('update runs set counts = counts || :counts where no = :run', {
    run,
    counts: JSON.stringify(counts),
  });
}
