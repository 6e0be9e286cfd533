import type { Counts } from '../../contract/counts.ts';
import type { Outcome } from '../../contract/result.ts';
import type { Told } from '../../contract/messages/message.ts';
import type { PushReason } from '../../contract/plan.ts';
import type { Snapshot } from './snapshot.ts';

/** A run, for those who look back. */
export interface PastRun {
  run: string;
  workflowId: string;
  dryRun: boolean;
  /** It took the segment for what Actito has. */
  rebase: boolean;
  /** The run that it put the list back to; null: it followed the segment. */
  undo: string | null;
  /** Why it was started by hand, in the words of who did. */
  reason: string | null;
  openedAt: Date;
  closedAt: Date | null;
  /** Null: it runs, or was killed; the next run closes it then. */
  outcome: Outcome | null;
  failure: string | null;
  /** A failure type; null: it has none, or did not fail. */
  failureType: string | null;
  counts: Counts;
  planHash: string | null;
  /** Who approved what its guards tripped on, and why: as they claimed. Null: nobody had to. */
  approved: { guards: string[]; by: string; reason: string } | null;
  /** Of a held run: who had declined this very plan, and why. */
  declined: { by: string; reason: string } | null;
  /** What its plan says of the segment. */
  notes: Told[];
  /** Why its list was to be pushed; null: it was not, or the run did not come so far. */
  push: PushReason | null;
  deliveredAt: Date | null;
  /** When Actito said that it had read the file. */
  retrievedAt: Date | null;
}

/** The latest runs of an activation, newest first. */
export async function readHistory(
  { rows }: Snapshot,
  { activation, limit, dryRuns = true }: { activation: string; limit: number; dryRuns?: boolean },
): Promise<PastRun[]> {
  return rows(
    `${PAST_RUN} where runs.activation = $1 and ($3 or fence is not null) order by no desc limit $2`,
    [activation, limit, dryRuns],
  );
}

/** One run of an activation, or undefined when it has none of this number. */
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
