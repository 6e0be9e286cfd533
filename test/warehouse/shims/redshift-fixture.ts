import pg from 'pg';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../setup/servers.ts';
import { startRedshiftShim, type RedshiftShim } from './redshift/shim.ts';

/** The shim, and the URL of its database at PostgreSQL, once the tests run. */
export let shim: RedshiftShim;
export let database: TestDatabase;
const clients: pg.Client[] = [];
/** Starts the shim for the tests of a file. */
export function useRedshiftShim(): void {
  beforeAll(async () => {
    database = await freshDatabase('redshift');
    shim = await startRedshiftShim({ url: database.url });
    await shim.execute(`
    create table people as select i as id, 'Ann ' || i as name from generate_series(1, 1000) i;
    create table odd (id uuid);
    create view slow as select i as id, pg_sleep(60)::text as wait from generate_series(1, 2) i`);
  });
  afterEach(async () => {
    shim.setFault(undefined);
    await Promise.all(clients.splice(0).map((client) => client.end().catch(() => undefined)));
  });
  afterAll(async () => {
    await shim?.close();
    await database?.dispose();
  });
}

/** A client of the shim, closed after the test. */
export async function connect(port = shim.port): Promise<pg.Client> {
  const url = new URL(database.url);
  url.port = String(port);
  const client = new pg.Client({ connectionString: url.href });
  client.on('error', () => undefined); // a cut connection fails its query, too
  clients.push(client);
  await client.connect();
  return client;
}

/** The rows of a query, or the code and message of its error. */
export async function answer(client: pg.Client, sql: string): Promise<unknown> {
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } catch (error) {
    return `${(error as pg.DatabaseError).code} ${(error as Error).message}`;
  }
}
