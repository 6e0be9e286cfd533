import { FORGET_OLD_CHANGES } from '../settle/changes.ts';
import { interval, PEAK_PERIOD, QUOTA_PERIOD, SAMPLE_PERIOD } from '../../activation/periods.ts';
import { DELETE_OLD_SAMPLES } from '../plan/samples.ts';
import { dropUnusedDirectories } from '../profiles/directory.ts';
import type { State } from '../state.ts';

/** How long past data is kept, in milliseconds. */
export interface Retention {
  /** Rejected keys, and foreign texts about failures. */
  rejects: number;
  /** The members that each run added and removed. */
  changeLog: number;
  /**
   * Runs, with their imports and deliveries; what is known of exports of profiles that are gone from the server; profile
   * directories that nothing uses any more.
   */
  runs: number;
}

/** The size of a transaction, so that others do not wait long for it. */
const BATCH = { rows: 10_000, runs: 200, logs: 10 };
/** The maximum number of batches at one time. The next run continues with the rest. */
const MAX_BATCHES = 100;

/**
 * Deletes what is older than its retention. Whatever the setting, these are kept: open runs, each activation's last
 * settled run and the run that delivered its list last, the imports that count for today's quota, and the deliveries of
 * 7 days that the guard against erosion compares with.
 */
export async function applyRetention(state: State, { rejects, changeLog, runs }: Retention): Promise<void> {
  await inBatches(state, BATCH.rows, `delete from rejects where ctid in (${OLD_REJECTS})`, rejects);
  await inBatches(state, BATCH.rows, `delete from reject_history where ctid in (${OLD_HISTORY})`, rejects);
  await inBatches(state, BATCH.rows, `delete from peer_words where ctid in (${OLD_WORDS})`, rejects);
  await inBatches(state, BATCH.rows, DELETE_OLD_SAMPLES, Math.min(rejects, SAMPLE_PERIOD));
  await inBatches(state, BATCH.logs, FORGET_OLD_CHANGES, changeLog);
  await inBatches(state, BATCH.rows, `delete from exports where ctid in (${GONE_EXPORTS})`, runs);
  await dropUnusedDirectories(state, runs);
  await inBatches(state, BATCH.runs, `delete from runs where no in (${OLD_RUNS})`, runs); // with their rows in other tables
}

const AGE = `now() - :age * interval '1 millisecond'`;

const OLD_REJECTS = `
  select rejects.ctid from rejects join runs on runs.no = rejects.run
  where at < ${AGE} and closed_at is not null limit :batch for update of rejects skip locked`;

const OLD_HISTORY = `
  select ctid from reject_history where last_seen < ${AGE} limit :batch for update skip locked`;

const OLD_WORDS = `select ctid from peer_words where at < ${AGE} limit :batch for update skip locked`;

/**
 * Exports that are gone from the server, which was listed since. The last one that was read stays: older files that
 * appear later must not be read after it.
 */
const GONE_EXPORTS = `
  select exports.ctid from exports join directories on directories.id = exports.directory
  where exports.load is distinct from directories.load
    and seen_at < ${AGE}
    and seen_at < (select max(seen_at) from exports other where other.directory = exports.directory)
                  - :age * interval '1 millisecond'
  limit :batch for update of exports skip locked`;

const LAST_DELIVERED = `
  select max(last.id) from deliveries last
  where last.activation = old.activation and last.delivered_at is not null`;

const OLD_RUNS = `
  select no from runs old
  where closed_at < ${AGE} and not changes_logged
    and no is distinct from (select max(last.no) from runs last
                             where last.activation = old.activation and last.settled_at is not null)
    and no is distinct from (select run from deliveries where id = (${LAST_DELIVERED}))
    and not exists (select from imports
                    where imports.run = old.no and imports.intended_at > now() - ${interval(QUOTA_PERIOD)})
    and not exists (select from deliveries
                    where deliveries.run = old.no and deliveries.delivered_at > now() - ${interval(PEAK_PERIOD)})
  limit :batch for update skip locked`;

async function inBatches(state: State, batch: number, sql: string, age: number): Promise<void> {
  for (let batches = 0; batches < MAX_BATCHES; batches++) {
    const { rowCount } = await state.raw<{ rowCount: number }>(sql, { age, batch });
    if (rowCount < batch) return;
  }
}
