import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { reportPromptly } from './prompt-statistics.ts';

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

/** The current counters of PostgreSQL; they only grow. */
interface Counters {
  all: number;
  system: number;
  byTable: Record<string, number>;
}

/** Milliseconds that all sessions must have been idle, so that the last one has reported by itself. */
const UNPROMPTED = 10_500;
/** The same for sessions that report promptly. */
const PROMPT = 1_000;
const LOOK = 250;
/** A worker whose sessions are never idle must not stop the bench. */
const LIMIT = 30_000;

/** Counts what is written in the state database. */
export class WriteCounter {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  /** The state database must have all the tables that a worker creates when it starts. */
  static async connect(stateUrl: string): Promise<WriteCounter> {
    const client = new pg.Client({ connectionString: stateUrl, application_name: 'bench' });
    await client.connect();
    const counter = new WriteCounter(client);
    await counter.#untilIdle(UNPROMPTED); // what a worker writes when it starts does not belong to a run
    await reportPromptly(client);
    return counter;
  }

  /** Waits until all sessions have reported, then reads. The {@link difference} of two readings is a run. */
  async read(): Promise<Counters> {
    await this.#untilIdle(PROMPT);
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

  async #untilIdle(ms: number): Promise<void> {
    for (const end = Date.now() + LIMIT; Date.now() < end; await sleep(LOOK))
      if ((await this.#idleFor()) >= ms) return;
  }

  /** For how many milliseconds no other session of this database has done anything. */
  async #idleFor(): Promise<number> {
    const { rows } = await this.#client.query<{ ms: string }>(
      `select coalesce(min(extract(epoch from clock_timestamp() - state_change) * 1000)
                         filter (where state = 'idle'), ${UNPROMPTED}) * (count(*) filter (where state <> 'idle') = 0)::int as ms
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
