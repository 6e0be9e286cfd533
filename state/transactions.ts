import { createRequire } from 'node:module';
import type { Knex } from 'knex';
import type { Client } from 'pg';
import { PostgresClient } from '../postgres/client.ts';

/** Everything of ours lives in this schema; the search path makes it the only one that state code sees. */
export const SCHEMA = 'actito_sync';

/**
 * Goes with the BEGIN of every transaction. It is not a setting of the session, because a pooler in transaction mode gives
 * each transaction another session; nor of the role, because reports may use another role, and ours may have other uses.
 */
export const SEE_SCHEMA = `set local search_path to ${SCHEMA}`;

/** A transaction that only reads, and whose statements all see the same moment. */
export const BEGIN_SNAPSHOT = `begin isolation level repeatable read, read only; ${SEE_SCHEMA}`;

/** A worker that freezes in the middle of a write keeps others from its rows no longer than this: PostgreSQL ends its session. */
export const LONGEST_PAUSE = '60s';

/** The part of knex's own client that is changed here. knex makes another one for each transaction. */
interface KnexClient extends Knex.Client {
  transacting?: boolean;
  _query(connection: Client, query: { sql: string }): Promise<unknown>;
  _driver(): object;
}
type KnexClass = Pick<typeof Knex.Client, keyof typeof Knex.Client> &
  (new (config: Knex.Config) => KnexClient);

const KnexPostgres = createRequire(import.meta.url)('knex/lib/dialects/postgres/index.js') as KnexClass;

/** knex's client for PostgreSQL, with the search path in every transaction; a single statement gets a transaction of its own. */
export class TransactionClient extends KnexPostgres {
  /** Every connection of the pool is one of ours: its waits are bounded, and it knows what `sslmode` means. */
  override _driver(): object {
    return { Client: PostgresClient };
  }

  override async _query(connection: Client, query: { sql: string }): Promise<unknown> {
    if (!this.transacting) return this.#single(connection, query);
    if (!/^begin\b/i.test(query.sql)) return super._query(connection, query);
    return super._query(connection, { ...query, sql: `${query.sql} ${SEE_SCHEMA}` });
  }

  async #single(connection: Client, query: { sql: string }): Promise<unknown> {
    try {
      await connection.query(
        `begin; ${SEE_SCHEMA}; set local idle_in_transaction_session_timeout = '${LONGEST_PAUSE}'`,
      );
      const answered = await super._query(connection, query);
      await connection.query('commit');
      return answered;
    } catch (error) {
      // knex drops a connection with this mark: one that could not be rolled back must not be used again.
      await connection.query('rollback').catch(() => Object.assign(connection, { __knex__disposed: error }));
      throw error;
    }
  }
}
