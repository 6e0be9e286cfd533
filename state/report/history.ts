import type { Counts } from '../../contract/counts.ts';
import type { Outcome } from '../../contract/result.ts';
import type { Told } from '../../contract/messages/message.ts';
import type { PushReason } from '../../contract/plan.ts';
import type { Snapshot } from './snapshot.ts';

/** A past run. */
export interface PastRun {
  run: string;
  workflowId: string;
  dryRun: boolean;
  /** The run was a rebase. */
  rebase: boolean;
  /** The run whose list an undo restored; null for other runs. */
  undo: string | null;
  /** The reason that the person gave who started it manually. */
  reason: string | null;
  openedAt: Date;
  closedAt: Date | null;
  /** Null while it runs. Also null if it was killed, until the next run closes it. */
  outcome: Outcome | null;
  failure: string | null;
  /** The failure type; null if there is none. */
  failureType: string | null;
  counts: Counts;
  planHash: string | null;
  /** Who approved the plan that guards held, and why, as self-reported. Null if no approval was needed. */
  approved: { guards: string[]; by: string; reason: string } | null;
  /** Of a held run: who had declined this very plan, and why. */
  declined: { by: string; reason: string } | null;
  /** Notes of its plan about the segment. */
  notes: Told[];
  /** Why its list was to be delivered; null if it was not, or if the run ended before. */
  push: PushReason | null;
  deliveredAt: Date | null;
  /** When Actito reported that it had read the file. */
  retrievedAt: Date | null;
}

/** Returns the latest runs of an activation, newest first. */
export async function readHistory(
  { rows }: Snapshot,
  { activation, limit, dryRuns = true }: { activation: string; limit: number; dryRuns?: boolean },
): Promise<PastRun[]> {
  return rows(
    `${PAST_RUN} where runs.activation = $1 and ($3 or fence is not null) order by no desc limit $2`,
    [activation, limit, dryRuns],
  );
}

/** Returns one run of an activation, or undefined if there is none with this number. */
export async function findPastRun(
  { rows }: Snapshot,
  activation: string,
  run: string,
): Promise<PastRun | undefined> {
  const [found] = await rows<PastRun>(`${PAST_RUN} where runs.activation = $1 and no = cast($2 as bigint)`, [
    activation,
    run,
  ]);
  return found;
}

const PAST_RUN = `
  select cast(no as text) as run, workflow_id as "workflowId", fence is null as "dryRun", task->>'undo' as undo,
         task->>'mode' = 'rebase' as rebase, task->>'reason' as reason,
         opened_at as "openedAt", closed_at as "closedAt", outcome, failure,
         failure_type as "failureType", counts, coalesce(plan->'notes', '[]') as notes,
         nullif(plan->>'hash', '') as "planHash", plan->'approved' as approved, plan->'refused' as declined, plan->>'push' as push,
         delivery.delivered_at as "deliveredAt", delivery.retrieved_at as "retrievedAt"
  from runs left join lateral (
    select delivered_at, retrieved_at from deliveries
    where deliveries.run = runs.no order by delivered_at desc nulls last limit 1
  ) as delivery on true`;
