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

/** A run as its row tells it. Numbers of rows are plain numbers; ids and fences are texts. */
export interface Run extends Fence {
  activation: string;
  task: Task;
  definition: Definition;
  /** The delta, once it is published; a table. */
  delta: string | null;
  columns: Column[] | null;
  /** The list last delivered, as the delta was compared with it. */
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

/** What a run is going to do; decided once, before the first write. */
export interface Plan extends PlanFacts {
  /** The list as it will be delivered. */
  list: ListFigures;
  /** True when what is sent was already tried and is only tried again. */
  retriesAlone: boolean;
}

/** A list in numbers: its members, and the sum of their identifier marks. */
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

/** A run by its number. */
export async function readRun(db: Knex, run: string): Promise<Run> {
  const [row] = await rows<Run>(db, `${RUN} where no = ?`, [run]);
  if (!row) throw new Failure('runUnknown', { run });
  return row;
}

/** A run that has its plan. */
export type PlannedRun = Run & { plan: Plan; delta: string };

/** A run for the steps that come after planning. */
export async function readPlanned(db: Knex, run: string): Promise<PlannedRun> {
  const found = await readRun(db, run);
  if (!found.plan || !found.delta) throw new Failure('planMissing', { run });
  return found as PlannedRun;
}

/** The run of a workflow execution, if it has one. */
export async function findRun(db: Knex, holder: Holder): Promise<Run | undefined> {
  const found = await rows<Run>(
    db,
    `${RUN} where namespace = :namespace and workflow_id = :workflowId and run_id = :runId`,
    { ...holder },
  );
  return found[0];
}

/** The execution that opened a run; undefined: the state does not know the run. */
export async function holderOf(db: Knex, run: string): Promise<Holder | undefined> {
  const [found] = await rows<Holder>(
    db,
    'select namespace, workflow_id as "workflowId", run_id as "runId" from runs where no = ?',
    [run],
  );
  return found;
}

/** Runs of an activation that were never closed, with the executions they belong to; oldest first. */
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
