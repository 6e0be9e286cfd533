import knex, { type Knex } from 'knex';
import type { Client } from 'pg';
import { STATE_VARIABLE } from '../contract/names.ts';
import { databaseTarget } from '../postgres/url.ts';
import { discard, PooledClient, withHolders, type ConnectionSettings } from './pool.ts';
import type { Watch } from './watchdog.ts';

/** The state database. Dates are Date, bigints and numerics are strings. */
export type State = Knex;

export interface StateOptions {
  /** `postgres://…` of the database that contains our schema. */
  url: string;
  /** The number of connections: at least concurrent activities × 2 (a stream and a fenced write) + the calls' slots. */
  poolSize?: number;
  /** When a connection counts as silent; shorter in tests. */
  watch?: Watch;
  /** How long to wait for a server that has no free connection, in milliseconds; by default not at all. */
  waitFor?: number;
}

/** The maximum wait for a connection of the pool, in milliseconds. */
const LONGEST_ACQUIRE = 30_000;

/** The caller gets as an error what knex would print to the console. A log line could quote a row. */
const quiet = () => undefined;
const SILENT = { warn: quiet, error: quiet, deprecate: quiet, debug: quiet };

/**
 * Opens the pool; nothing connects before the first query. End it with `state.destroy()`.
 * @throws Failure ConfigurationInvalid if the URL is invalid; the message names the part
 */
export function openState({ url, poolSize = 24, watch, waitFor }: StateOptions): State {
  const settings: ConnectionSettings = { target: databaseTarget(url, STATE_VARIABLE), watch, waitFor };
  return knex({
    client: PooledClient,
    connection: settings as object, // of PooledClient
    pool: { min: 0, max: poolSize },
    acquireConnectionTimeout: LONGEST_ACQUIRE,
    log: SILENT,
    compileSqlOnError: false, // otherwise an error's message quotes the values, including keys
  });
}

/** Calls `onConnected` for each new connection. */
export function onConnected(state: State, onConnected: () => void): void {
  (state.client as { pool: { on(event: 'createSuccess', listener: () => void): void } }).pool.on(
    'createSuccess',
    onConnected,
  );
}

/**
 * Lends a raw connection, for COPY streams and cursors, which knex does not support. It does not see our schema: each
 * of its transactions begins with OUR_SETTINGS. If `use` fails, the connection is closed instead of returned, because
 * it may be in the middle of a COPY.
 */
export async function withConnection<T>(state: State, use: (client: Client) => Promise<T>): Promise<T> {
  const pool = state.client as {
    acquireConnection(): Promise<Client>;
    releaseConnection(c: Client): Promise<void>;
  };
  const client = await pool.acquireConnection();
  try {
    return await use(client);
  } catch (error) {
    close(client, error);
    throw withHolders(client, error);
  } finally {
    await pool.releaseConnection(client);
  }
}

/** Closes a lent connection, so that the pool replaces it. */
export function close(client: Client, reason: unknown = true): void {
  discard(client, reason);
  void client.end().catch(() => undefined); // best effort: the server notices a closed socket anyway
}

/**
 * Runs SQL on many rows in one transaction, with enough memory to sort or hash a million members, and with the cost of
 * a page that is in memory or on a solid-state disk, so that few changes of many members are looked up one by one.
 */
export async function setTransaction<T>(
  state: State,
  work: (trx: Knex.Transaction) => Promise<T>,
): Promise<T> {
  return state.transaction(async (trx) => {
    await trx.raw(`set local work_mem = '128MB'; set local maintenance_work_mem = '256MB'`);
    return work(trx);
  });
}

/**
 * Runs a transaction that waits only briefly for locks, such as those of dropping a table. If one is taken, nothing changes;
 * the next call tries again.
 */
export async function unlessBusy(
  state: State,
  work: (trx: Knex.Transaction) => Promise<void>,
): Promise<void> {
  const bounded = async (trx: Knex.Transaction) => {
    await trx.raw(`set local lock_timeout = '2s'`);
    await work(trx);
  };
  await state.transaction(bounded).catch((error: { code?: string }) => {
    if (error.code !== '55P03') throw error; // lock_not_available
  });
}

/** Returns the rows of a raw query. */
export async function rows<T>(
  db: Knex,
  sql: string,
  bindings: Knex.RawBinding[] | Record<string, unknown> = [],
) {
  const result = await db.raw<{ rows: T[]; rowCount: number }>(sql, bindings as Knex.ValueDict);
  return result.rows;
}
