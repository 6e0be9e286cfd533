import type { Knex } from 'knex';
import type { Definition } from '../../activation/definition/definition.ts';
import { Failure } from '../../activation/failures.ts';
import type { GuardTrip } from '../../activation/guards.ts';
import type { Column } from '../../activation/values/kinds.ts';
import type { Fence, Holder } from './lease.ts';
import { rows, type State } from '../state.ts';

/** How a run ended; `failed` is also what a killed run gets from the one that finds it. */
export type Outcome = 'succeeded' | 'succeeded with rejects' | 'held' | 'skipped' | 'failed' | 'cancelled';

/** A run as its row tells it. Numbers of rows are plain numbers; ids and fences are texts. */
export interface Run extends Fence {
  activation: string;
  dryRun: boolean;
  resync: boolean;
  request: Request;
  definition: Definition;
  /** The extraction that alone may fill the stage. */
  extraction: string | null;
  /** Complete stage of this run, once extracted. */
  stage: string | null;
  columns: Column[] | null;
  fingerprint: string | null;
  counts: Counts;
  /** Guards on the warehouse that hold this run. */
  sourceGuards: GuardTrip[];
  plan: Plan | null;
  settled: boolean;
  closed: boolean;
  openedAt: Date;
}

/** What a run read and did, in rows. */
export interface Counts {
  /** Rows that the segment's query returned. */
  read?: number;
  /** Rows without a usable key (or list identifier): not in the list. */
  rejected?: number;
  /** Rows of people who asked to be forgotten: left out, and no reject. Only when there are any. */
  forgotten?: number;
  /** Rows that repeated another row exactly, or its key. */
  duplicates?: number;
  /** Members whose repeated rows differ: on the list, their attributes are not sent. */
  ambiguous?: number;
  /** Members of the list: those of the segment, and those who are leaving. */
  members?: number;
  added?: number;
  removed?: number;
  /** Members of the list that the segment lacks, and that stay for a while. */
  leaving?: number;
  /** Known members whose attributes differ from what Actito confirmed. */
  changed?: number;
  unchanged?: number;
  /** Members sent again after an earlier refusal, doubt or miss. */
  retried?: number;
  /** Members whose attributes Actito confirmed in this run. */
  updated?: number;
  /** Members whose key Actito does not know. */
  unmatched?: number;
  /** Members whose row Actito refused. */
  refused?: number;
  /** Single values that do not fit Actito's format: left out, the rest of the row was sent. */
  badValues?: number;
  /** Members whose attributes could not be sent in this run; they go with a later one. */
  unsent?: number;
}

/** Why a list is pushed. */
export type PushReason = 'changed' | 'first delivery' | 'repair' | 'keep-alive' | 'resync';

/** What a run is going to do; decided once, before the first write. */
export interface Plan {
  hash: string;
  push: PushReason | null;
  /** The list as it will be pushed. */
  list: { members: number; checksum: string; from: 'stage' | 'members' };
  /** True when what is sent was already tried and is only tried again. */
  retriesAlone: boolean;
  /** The segment is the acknowledged one: there is no delta. */
  unchanged: boolean;
  toSend: number;
  /** Guards that hold the run. */
  guards: GuardTrip[];
  /** The run failed; all that it still does is to deliver the list as it was. */
  keepAliveOnly?: boolean;
  /** With guards: why the list is pushed when someone approves. */
  pushOnceApproved?: PushReason | null;
  /** Guards that would hold it, had nobody approved; and who did, why. */
  approved?: { guards: string[]; by: string; reason: string };
  /** With guards: who has refused this very plan, and why. */
  refused?: { by: string; reason: string };
}

/** What a run was asked for. */
export interface Request {
  dryRun: boolean;
  resync: boolean;
  /** Take the segment for what Actito has, and send nothing. Requests of earlier versions do not say. */
  rebase?: boolean;
  reason?: string;
  /** Hash of a held plan that whoever asks (`by`) approves. */
  approve?: string;
  by?: string;
  /** Hash of the plan that is to be applied, and no other. */
  plan?: string;
  /** The list is to be what it was after this run, whatever the segment says. */
  undo?: string;
}

export interface NewRun extends Holder {
  activation: string;
  request: Request;
  definition: Definition;
  fence: string | null;
}

/** Creates a run's row and returns its number. */
export async function createRun(trx: Knex, run: NewRun): Promise<string> {
  const [row] = await rows<{ no: string }>(
    trx,
    `insert into runs (activation, namespace, workflow_id, run_id, fence, request, definition)
     values (:activation, :namespace, :workflowId, :runId, :fence, :request, :definition)
     returning no`,
    {
      activation: run.activation,
      namespace: run.namespace,
      workflowId: run.workflowId,
      runId: run.runId,
      fence: run.fence,
      request: JSON.stringify(run.request),
      definition: JSON.stringify(run.definition),
    },
  );
  return row!.no;
}

const RUN = `
  select no as run, activation, fence, (request->>'dryRun')::boolean as "dryRun",
         (request->>'resync')::boolean as resync, request, definition, extraction, stage, columns, fingerprint, counts,
         source_guards as "sourceGuards", plan,
         settled_at is not null as settled, closed_at is not null as closed, opened_at as "openedAt"
  from runs`;

/** A run by its number. */
export async function readRun(db: Knex, run: string): Promise<Run> {
  const [row] = await rows<Run>(db, `${RUN} where no = ?`, [run]);
  if (!row)
    throw new Error(`Run ${run} is not in the state database; was it replaced while the run was open?`);
  return row;
}

/** A run that has its plan, and the stage that the plan is about. @throws Failure StageLost when another attempt has begun to read anew */
export function planned(run: Run): Run & { plan: Plan } {
  if (run.plan && (run.stage || run.plan.list.from === 'members')) return { ...run, plan: run.plan };
  throw new Failure('StageLost', 'The plan of this run is gone; the segment is read again.');
}

/** The fence of what belongs to a run's present plan alone. */
export function planFence({ run, fence, extraction }: Run): Fence {
  return { run, fence, reading: extraction };
}

/** The failure of a stage that holds other members than were planned. */
export function stageLost(found: string, { members }: Plan['list']): Failure {
  return new Failure(
    'StageLost',
    `The stage holds ${found} of ${members} planned members; PostgreSQL probably restarted. The segment is read again.`,
  );
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
