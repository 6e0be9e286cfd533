import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Client } from 'pg';
import type { DatabaseTarget } from '../postgres/url.ts';
import { sessionAt } from './lookout.ts';
import { newSessionName } from './session-names.ts';
import { OUR_SETTINGS } from './transactions.ts';
import { WATCH, Watchdog, type Watch } from './watchdog.ts';

const LOCK_NOT_AVAILABLE = '55P03';
const TOO_MANY_CONNECTIONS = '53300';

/** Milliseconds between attempts to connect to a server that has no free connection. */
const RECONNECT = 1_000;

/** The connection settings of {@link PooledClient}. */
export interface ConnectionSettings {
  target: DatabaseTarget;
  watch?: Watch;
  /** How long to wait for a server that has no free connection, in milliseconds. */
  waitFor?: number;
}

/** The part of knex's own client that is changed here. knex makes a new one for each transaction. */
interface KnexClient extends Knex.Client {
  transacting?: boolean;
  connectionSettings: ConnectionSettings;
  _query(connection: Client, query: { sql: string }): Promise<unknown>;
  _acquireOnlyConnection(): Promise<Client>;
}
type KnexClass = Pick<typeof Knex.Client, keyof typeof Knex.Client> &
  (new (config: Knex.Config) => KnexClient);

const KnexPostgres = createRequire(import.meta.url)('knex/lib/dialects/postgres/index.js') as KnexClass;

/** Marks a connection for knex to replace, because it must not be used again. */
export function discard(connection: Client, reason: unknown): void {
  Object.assign(connection, { __knex__disposed: reason });
}

/** The watchdog of each connection. */
const watchdogs = new WeakMap<Client, Watchdog>();

/**
 * Returns an error of a connection. If a lock could not be obtained in time, the error names its holders, as far as
 * known.
 */
export function withHolders(connection: Client, error: unknown): unknown {
  if ((error as { code?: unknown } | undefined)?.code !== LOCK_NOT_AVAILABLE) return error;
  return Object.assign(error as object, { holders: watchdogs.get(connection)?.holdersOf(connection) ?? [] });
}

/**
 * knex's PostgreSQL client, with our settings in every transaction. A single statement gets its own transaction. Each
 * connection has a name, and a watchdog that ends it if the server is silent.
 */
export class PooledClient extends KnexPostgres {
  #watchdog: Watchdog | undefined;

  override async _query(connection: Client, query: { sql: string }): Promise<unknown> {
    if (!this.transacting) return this.#single(connection, query);
    if (!/^begin\b/i.test(query.sql))
      return super._query(connection, query).catch((error: unknown) => {
        throw withHolders(connection, error);
      });
    return super
      ._query(connection, { ...query, sql: `${query.sql} ${OUR_SETTINGS}` })
      .catch((error: unknown) => {
        discard(connection, error); // the transaction may have begun, and knex does not end one whose begin failed
        throw error;
      });
  }

  async #single(connection: Client, query: { sql: string }): Promise<unknown> {
    try {
      await connection.query(`begin; ${OUR_SETTINGS}`);
      const answered = await super._query(connection, query);
      await connection.query('commit');
      return answered;
    } catch (error) {
      await connection.query('rollback').catch(() => discard(connection, error));
      throw withHolders(connection, error);
    }
  }

  /**
   * Retries if the server has no free connection, because other clients end their connections all the time. If the pool
   * gets a connection back meanwhile, the caller gets that one.
   */
  override async _acquireOnlyConnection(): Promise<Client> {
    const deadline = performance.now() + (this.connectionSettings.waitFor ?? 0);
    for (;;) {
      try {
        return await this.#connect();
      } catch (error) {
        const isCrowded = (error as { code?: unknown }).code === TOO_MANY_CONNECTIONS;
        const isOver = (this.pool as { destroyed?: boolean } | undefined)?.destroyed;
        if (!isCrowded || isOver || performance.now() + RECONNECT > deadline) throw error;
      }
      await sleep(RECONNECT);
    }
  }

  async #connect(): Promise<Client> {
    const { target, watch = WATCH } = this.connectionSettings;
    this.#watchdog ??= new Watchdog(target, watch);
    const name = newSessionName();
    const connection = sessionAt(target, name, watch.timeout);
    connection.on('error', (error) => discard(connection, error));
    connection.on('end', () => discard(connection, 'ended'));
    await connection.connect();
    watchdogs.set(connection, this.#watchdog);
    this.#watchdog.guard(connection, name);
    return connection;
  }
}
