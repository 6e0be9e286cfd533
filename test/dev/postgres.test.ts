import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../dev/databases.ts';
import { startPostgres } from '../../dev/postgres.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actito-sync-test-'));
  await chmod(folder, 0o755); // as root, PostgreSQL runs as another user
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a folder of its own keeps the databases for the next start, safely on disk', async () => {
  const dataDir = join(folder, 'kept');
  const first = await startPostgres({ dataDir });
  const url = await createDatabase(first.adminUrl, 'shop');
  expect(url).toBe(first.url('shop'));
  await query(url, 'create table customers as select 1 as id');
  expect(await query(url, 'show fsync')).toEqual([{ fsync: 'on' }]);
  await first.stop();

  const second = await startPostgres({ dataDir });
  expect(await query(await createDatabase(second.adminUrl, 'shop'), 'table customers')).toEqual([{ id: 1 }]);
  await second.stop();
});

test('a setting that PostgreSQL rejects is reported with the message of PostgreSQL', async () => {
  await expect(startPostgres({ settings: { max_connections: 'many' } })).rejects.toThrow(
    /ended with exit code 1.*invalid value for parameter "max_connections": "many"/s,
  );
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
