import type { Client } from 'pg';
import { withConnection, type State } from '../state.ts';
import { BEGIN_SNAPSHOT } from '../transactions.ts';

/** The database access of a report: one consistent, read-only snapshot. */
export interface Snapshot {
  /** Returns all rows of a query; parameters are `$1`, `$2` … */
  rows: <T>(sql: string, parameters?: unknown[]) => Promise<T[]>;
  /** Returns the rows of a query in batches, however many there are. Only one at a time. */
  batches: <T>(sql: string, parameters?: unknown[]) => AsyncGenerator<T[]>;
  client: Client;
}

const BATCH = 1_000;

/** Runs a report in one read-only snapshot. */
export async function withSnapshot<T>(state: State, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  return withConnection(state, async (client) => {
    // A person who pages through a report may pause.
    await client.query(`${BEGIN_SNAPSHOT}; set local idle_in_transaction_session_timeout = '1h'`);
    const result = await work(snapshotOf(client));
    await client.query('commit');
    return result;
  });
}

function snapshotOf(client: Client): Snapshot {
  return {
    client,
    rows: async <T>(sql: string, parameters: unknown[] = []) =>
      (await client.query(sql, parameters)).rows as T[],
    async *batches<T>(sql: string, parameters: unknown[] = []) {
      await client.query(`declare report no scroll cursor for ${sql}`, parameters);
      for (;;) {
        const { rows } = await client.query(`fetch ${BATCH} from report`);
        if (rows.length > 0) yield rows as T[];
        if (rows.length < BATCH) break;
      }
      await client.query('close report');
    },
  };
}
