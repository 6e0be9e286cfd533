import type { Knex } from 'knex';
import { AHEAD, lineUp } from './import-line.ts';
import { withoutForgotten } from '../forgotten/rejects.ts';
import { fenced, type Fence } from '../runs/lease.ts';
import { inTurn } from './in-turn.ts';
import { keyMark } from '../../activation/comparison/marks.ts';
import { interval, QUOTA_PERIOD } from '../../activation/periods.ts';
import type { Chunk } from './chunks.ts';
import { resultTable } from '../names.ts';
import type { PlannedRun } from '../runs/runs.ts';
import { intendWith, requireParts, type SharedParts } from './shared-parts.ts';
import { rows, type State } from '../state.ts';

/**
 * One call that may have started an import.
 * intended (before the call) → posted (Actito gave an id) → confirmed (its result is in) or doubtful;
 * unexplained: it ended with errors that nothing tells row by row; refused: Actito surely did not take it.
 */
export interface ImportRow {
  id: string;
  chunk: number;
  status: 'intended' | 'posted' | 'confirmed' | 'doubtful' | 'unexplained' | 'refused';
  executionId: string | null;
  detail: string | null;
  /** It was refused with 429. */
  limited: boolean;
  /** The shared import that it belongs to. */
  shared: string | null;
  intendedAt: Date;
}

/** The imports of a run, oldest first. */
export async function readImports(db: Knex, run: string): Promise<ImportRow[]> {
  return rows(
    db,
    `select id, chunk, status, execution_id as "executionId", detail, limited, shared, intended_at as "intendedAt"
     from imports where run = ? order by id`,
    [run],
  );
}

/** The imports of `:quotaKey` that count for today. */
export const USED = `
  select count(*) from imports
  where quota_key = :quotaKey and status <> 'refused' and sent_with is null
    and intended_at > now() - ${interval(QUOTA_PERIOD)}`;

/**
 * Writes the intent to import a chunk, if the day's quota of the profile table allows one more, and one for each
 * activation that waits longer. Whoever gets none lines up, unless it is about retries alone. With `parts`, those who
 * share the import get rows of their own, which do not count.
 * @returns the import's id, or null when the quota of `limit` imports in 24 hours is used up
 */
export async function intendImport(
  state: State,
  fence: Fence,
  {
    chunk,
    quotaKey,
    limit,
    retriesAlone,
    parts,
  }: {
    chunk: Pick<Chunk, 'no' | 'retries'>;
    quotaKey: string;
    limit: number;
    retriesAlone: boolean;
    parts?: SharedParts;
  },
): Promise<string | null> {
  return inTurn(state, fence, { quotaKey, retries: chunk.retries }, async (trx) => {
    if (parts) await requireParts(trx, parts);
    const [intent] = await rows<{ id: string }>(
      trx,
      `insert into imports (run, chunk, quota_key, shared)
       select :run, :chunk, :quotaKey, cast(:shared as bigint)
       where :limit > (${USED}) + (${AHEAD})
       returning id`,
      { run: fence.run, chunk: chunk.no, quotaKey, limit, shared: parts?.shared ?? null },
    );
    if (intent && parts) await intendWith(trx, parts, { id: intent.id, quotaKey });
    if (!intent && !retriesAlone) await lineUp(trx, fence.run, quotaKey);
    if (intent && chunk.retries > 0) {
      await trx.raw(
        'update activations set retried_at = now() where id = (select activation from runs where no = ?)',
        [fence.run],
      );
    }
    return intent?.id ?? null;
  });
}

/** Records how a call or an execution went. */
export async function recordImport(
  state: State,
  fence: Fence,
  id: string,
  {
    status,
    executionId,
    detail,
    limited = false,
  }: { status: ImportRow['status']; executionId?: string; detail?: string; limited?: boolean },
): Promise<void> {
  await fenced(state, fence, async (trx) => {
    await trx.raw(
      `update imports set status = :status, execution_id = coalesce(:executionId, execution_id),
              detail = coalesce(:detail, detail), limited = :limited,
              finished_at = case when :status in ('confirmed', 'doubtful', 'unexplained', 'refused') then now() end
       where id = :id`,
      { id, status, executionId: executionId ?? null, detail: detail ?? null, limited },
    );
    // What became of the call became of it for all who share it; what became of their rows each finds out.
    if (status === 'posted' || status === 'refused') {
      await trx.raw(
        `update imports set status = :status, execution_id = :executionId
         where sent_with = :id and status = 'intended'`,
        { id, status, executionId: executionId ?? null },
      );
    }
  });
}

/** So many refusals with 429, over so long, are no crowd of calls any more: the table had its imports of the day. */
const REFUSALS = { count: 5, over: `interval '2 minutes'`, within: `interval '1 hour'` };

/**
 * True when Actito itself takes no more imports of a profile table today, as far as can be told: it counts imports
 * that we do not know of. All activations learn from each other's refusals; one that is taken begins the count anew.
 */
export async function isRefusedForToday(db: Knex, quotaKey: string): Promise<boolean> {
  const [found] = await rows<{ refused: boolean }>(
    db,
    `select count(*) >= ${REFUSALS.count} and min(intended_at) <= now() - ${REFUSALS.over} as refused
     from imports
     where quota_key = :quotaKey and limited and intended_at > now() - ${REFUSALS.within}
       and id > coalesce((select max(id) from imports
                          where quota_key = :quotaKey and status not in ('refused', 'intended')), 0)`,
    { quotaKey },
  );
  return found!.refused ?? false;
}

/** A member whose row Actito did not apply. */
export interface RowResult {
  key: string;
  outcome: 'refused' | 'unmatched';
  reason: string;
}

/** Forgets the row results of a chunk: they are about to be read again from the start. */
export async function clearResults(state: State, fence: Fence, chunk: number): Promise<void> {
  await fenced(state, fence, (trx) =>
    trx.raw(`delete from ${resultTable(fence.run)} where chunk = ?`, [chunk]),
  );
}

/** Stores a batch of row results; refusals become rejects too. `seeds` are those of the activation's key marks. */
export async function storeResults(
  state: State,
  fence: Fence,
  chunk: number,
  seeds: readonly [bigint, bigint],
  results: RowResult[],
): Promise<void> {
  await fenced(state, fence, async (trx) => {
    await trx.raw(
      `insert into ${resultTable(fence.run)} (mark, chunk, outcome)
       select mark, :chunk, outcome from unnest(cast(:marks as uuid[]), cast(:outcomes as text[])) as r (mark, outcome)
       on conflict do nothing`,
      {
        chunk,
        marks: results.map(({ key }) => keyMark(key, seeds)),
        outcomes: results.map((row) => row.outcome),
      },
    );
    const all = results.filter((row) => row.outcome === 'refused');
    const refused = await withoutForgotten(trx, fence.run, all);
    await trx.raw(
      `insert into rejects (run, stage, key, reason)
       select :run, 'import', key, reason from unnest(cast(:keys as text[]), cast(:reasons as text[])) as r (key, reason)
       on conflict do nothing`,
      { run: fence.run, keys: refused.map((row) => row.key), reasons: refused.map((row) => row.reason) },
    );
  });
}

/** How many row results of a chunk belong to members that the run did send. */
export async function countKnownResults(
  db: Knex,
  { run, delta }: PlannedRun,
  chunk: number,
): Promise<number> {
  const [counted] = await rows<{ known: string }>(
    db,
    `select count(*) as known from ${resultTable(run)} result
     where chunk = ? and exists (select from ${delta} d where d.mark = result.mark and attributes is not null)`,
    [chunk],
  );
  return Number(counted!.known);
}
