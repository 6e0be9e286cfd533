import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Rows that were inserted, updated or deleted in the state database, by PostgreSQL's own statistics. */
export interface WrittenRows {
  /** In all tables but the system's. */
  rows: number;
  /** The part of `rows` that went to tables which have been dropped since. */
  inDroppedTables: number;
  /** In the system's own tables: what creating and dropping tables costs. */
  inSystemTables: number;
  /** The part of `rows` that went to tables which are still there. */
  byTable: Record<string, number>;
}

/** The counters of PostgreSQL as they stand; they only grow. */
interface Counters {
  all: number;
  system: number;
  byTable: Record<string, number>;
}

/**
 * A session reports what it wrote at most once a second; what is left then it reports only when it has been idle for
 * 10 seconds (PGSTAT_IDLE_INTERVAL in PostgreSQL's source). It forgets what it has not yet reported of a table that it
 * drops itself, so that the rows of a short-lived table can be missing from short runs.
 */
const IDLE = 10_500;
const LOOK = 500;
/** A worker that never lets its sessions rest must not stop the bench. */
const LIMIT = 30_000;

/** Counts what is written in the state database. */
export class WriteCounter {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async connect(stateUrl: string): Promise<WriteCounter> {
    const client = new pg.Client({ connectionString: stateUrl, application_name: 'bench' });
    await client.connect();
    return new WriteCounter(client);
  }

  /** Bytes of WAL that the whole server has written so far. Unlogged tables write none. */
  async wal(): Promise<number> {
    const { rows } = await this.#client.query<{ wal: string }>(
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as wal`,
    );
    return Number(rows[0]!.wal);
  }

  /** Waits until all sessions have reported, then reads. The {@link difference} of two readings is a run. */
  async read(): Promise<Counters> {
    for (const end = Date.now() + LIMIT; Date.now() < end && (await this.#idleFor()) < IDLE;)
      await sleep(LOOK);
    const { rows } = await this.#client.query<{
      all: string;
      system: string;
      tables: Record<string, number>;
    }>(
      `select (select tup_inserted + tup_updated + tup_deleted from pg_stat_database
               where datname = current_database()) as all,
              (select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_sys_tables
               join pg_class on oid = relid where not relisshared) as system,
              (select coalesce(json_object_agg(relname, n_tup_ins + n_tup_upd + n_tup_del), '{}')
               from pg_stat_user_tables) as tables`,
    );
    const { all, system, tables } = rows[0]!;
    return { all: Number(all), system: Number(system), byTable: tables };
  }

  async end(): Promise<void> {
    await this.#client.end();
  }

  /** For how many milliseconds no other session of this database has done anything. */
  async #idleFor(): Promise<number> {
    const { rows } = await this.#client.query<{ ms: string }>(
      `select coalesce(min(extract(epoch from clock_timestamp() - state_change) * 1000)
                         filter (where state = 'idle'), ${IDLE}) * (count(*) filter (where state <> 'idle') = 0)::int as ms
       from pg_stat_activity
       where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    return Number(rows[0]!.ms);
  }
}

/** What was written between two readings. Tables without any change are left out. */
export function difference(before: Counters, after: Counters): WrittenRows {
  const changed = Object.entries(after.byTable)
    .map(([name, rows]) => [name, rows - (before.byTable[name] ?? 0)] as const)
    .filter(([, rows]) => rows > 0)
    .sort(([, a], [, b]) => b - a);
  const inSystemTables = after.system - before.system;
  const rows = after.all - before.all - inSystemTables;
  const inDroppedTables = changed.reduce((rest, [, count]) => rest - count, rows);
  return { rows, inDroppedTables, inSystemTables, byTable: Object.fromEntries(changed) };
}
