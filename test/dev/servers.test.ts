import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase, temporalAddress, type TestDatabase } from '../setup/servers.ts';

describe('the servers of a test run', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase('servers');
  });
  afterAll(() => database.dispose());

  test('PostgreSQL gives every caller an empty database of its own', async () => {
    const other = await freshDatabase('servers');
    await query(database.url, 'create table here (id int)');
    const tables = await query(other.url, "select 1 from pg_tables where schemaname = 'public'");
    expect(tables).toEqual([]);
    await other.dispose();
    await expect(query(other.url, 'select 1')).rejects.toThrow('does not exist');
  });

  test('PostgreSQL knows upper and lower case of all languages, whatever is installed on this machine', async () => {
    expect(await query(database.url, "select lower('ÉÜŁΩ') as lower")).toEqual([{ lower: 'éüłω' }]);
  });

  test('Temporal has the search attributes that a worker needs', async () => {
    const connection = await Connection.connect({ address: temporalAddress() });
    try {
      const { customAttributes } = await connection.operatorService.listSearchAttributes({
        namespace: 'default',
      });
      expect(Object.keys(customAttributes ?? {})).toEqual(
        expect.arrayContaining(['Activation', 'RunPhase', 'RunOutcome']),
      );
      const found = await new Client({ connection }).workflow.count('Activation = "none"');
      expect(found.count).toBe(0);
    } finally {
      await connection.close();
    }
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}
