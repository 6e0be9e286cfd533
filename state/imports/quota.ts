import type { Knex } from 'knex';
import { interval, LINE_PERIOD, QUOTA_PERIOD } from '../../activation/periods.ts';
import { checkFence, type Fence } from '../runs/lease.ts';
import { rows, type State } from '../state.ts';

/*
 * The activations of a profile table share its daily imports. An activation without an import is queued, and goes first
 * when the quota renews.
 */

/**
 * Runs a fenced transaction about the imports of a profile table, one at a time, because its activations share a quota
 * and files. It locks the table first, then its own activation's row, then those of other activations. So a transaction
 * that waits for the table holds no row that another one needs. `retries`: members that are only sent again. Then the
 * activation's row records the time, so it is locked for writing from the start.
 * @throws Failure RunSuperseded
 */
export async function inTurn<T>(
  state: State,
  fence: Fence,
  { quotaKey, retries }: { quotaKey: string; retries: number },
  write: (trx: Knex.Transaction) => Promise<T>,
): Promise<T> {
  return state.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`quota ${quotaKey}`]);
    await checkFence(trx, fence, { lock: retries > 0 ? 'no key update' : 'share' });
    return write(trx);
  });
}

/**
 * Counts the imports of a profile table in the last 24 hours, and those that are reserved for activations that wait
 * longer than this run's.
 */
export async function readQuota(
  trx: Knex,
  { run, quotaKey }: { run: string; quotaKey: string },
): Promise<{ used: number; ahead: number }> {
  const [found] = await rows<{ used: number; ahead: number }>(
    trx,
    `select (select cast(count(*) as integer) from imports
             where quota_key = :quotaKey and status <> 'refused'
               and intended_at > now() - ${interval(QUOTA_PERIOD)}) as used,
            (select cast(count(*) as integer) from import_queue other
             join runs on runs.no = :run and runs.activation <> other.activation
             left join import_queue own on own.activation = runs.activation and own.quota_key = other.quota_key
             where other.quota_key = :quotaKey and other.asked_at > now() - ${interval(LINE_PERIOD)}
               and (other.since, other.activation) < (coalesce(own.since, 'infinity'), runs.activation)) as ahead`,
    { run, quotaKey },
  );
  return found!;
}

/** Adds the activation of a run to the queue for an import. An activation that is already queued keeps its place. */
export async function lineUp(trx: Knex, run: string, quotaKey: string): Promise<void> {
  await trx.raw(
    `insert into import_queue (activation, quota_key) select activation, :quotaKey from runs where no = :run
     on conflict (activation, quota_key) do update set asked_at = now()`,
    { run, quotaKey },
  );
}

/**
 * Updates the queue at the end of a run. An activation that has sent everything leaves it; one that had an import and
 * needs more goes to its end.
 */
export async function moveOn(trx: Knex, run: string, activation: string, unsent: number): Promise<void> {
  if (unsent === 0) {
    await trx.raw('delete from import_queue where activation = ?', [activation]);
    return;
  }
  await trx.raw(
    `update import_queue set since = now()
     where activation = :activation
       and exists (select from import_parts part join imports on imports.id = part.import
                   where part.run = :run and intended_at is not null and status <> 'refused')`,
    { run, activation },
  );
}

/**
 * So many refusals with 429 over so long mean that the day's quota is used up, and not that there are too many calls at
 * once.
 */
const REFUSALS = { count: 5, over: `interval '2 minutes'`, within: `interval '1 hour'` };

/**
 * True if Actito itself probably accepts no more imports of a profile table today: it also counts imports that we do
 * not know about. All activations use each other's refusals. An accepted import starts the count again.
 */
export async function isRefusedForToday(db: Knex, quotaKey: string): Promise<boolean> {
  const [found] = await rows<{ refused: boolean }>(
    db,
    `select count(*) >= ${REFUSALS.count} and min(intended_at) <= now() - ${REFUSALS.over} as refused
     from imports
     where quota_key = :quotaKey and limited and intended_at > now() - ${REFUSALS.within}
       and intended_at > coalesce((select max(intended_at) from imports
                                   where quota_key = :quotaKey and status = 'posted'), '-infinity')`,
    { quotaKey },
  );
  return found!.refused ?? false;
}

/** Returns the last import of a profile table that Actito accepted, of any activation. */
export async function lastTaken(
  db: Knex,
  quotaKey: string,
): Promise<{ intendedAt: Date; executionId: string; fileName: string } | undefined> {
  const [found] = await rows<{ intendedAt: Date; executionId: string; fileName: string }>(
    db,
    `select intended_at as "intendedAt", execution_id as "executionId", file_name as "fileName" from imports
     where quota_key = ? and status = 'posted' order by intended_at desc limit 1`,
    [quotaKey],
  );
  return found;
}
