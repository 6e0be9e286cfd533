import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWarehouse } from '../../warehouse/open.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import { freshDatabase, type TestDatabase } from '../setup/servers.ts';
import { until } from '../setup/until.ts';
import { READER, readAll } from './reading.ts';

/* What PostgreSQL reports besides the rows of a segment. */

let database: TestDatabase;
let beside: pg.Client;
beforeAll(async () => {
  database = await freshDatabase('beside');
  beside = new pg.Client({ connectionString: database.url });
  await beside.connect();
});
afterAll(async () => {
  await beside?.end();
  await database?.dispose();
});

function open({ url = database.url } = {}): Promise<Warehouse> {
  const source = { driver: 'postgres' as const, connection: { env: 'URL' }, statementTimeout: 60_000 };
  return openWarehouse(source, { URL: url }, READER);
}

test('the clock shows the current time, even within an older snapshot', async () => {
  const warehouse = await open();
  const { signal } = new AbortController();
  const first = await warehouse.clock(signal);
  await setTimeout(50);
  const second = await warehouse.clock(signal);
  expect(second - first).toBeGreaterThanOrEqual(45);
  expect(Math.abs(second - Date.now())).toBeLessThan(60_000); // the server runs on this machine
  await warehouse.close();
});

test('row security that hides rows from the reader is reported, and row security that hides none is not', async () => {
  await beside.query(`
      create table branches (id int, country text);
      insert into branches values (1, 'BE'), (2, 'FR');
      create view all_branches as select * from branches;
      alter table branches enable row level security;
      create policy belgian on branches for select using (country = 'BE');
      create role reader login password 'p';
      create role all_reader bypassrls login password 'p';
      grant select on branches, all_branches to reader, all_reader`);
  const read = async (username: string, segment: string | { table: string }) => {
    const url = new URL(database.url);
    Object.assign(url, { username, password: 'p' });
    const { lines, restrictedRows } = await readAll(await open({ url: url.href }), segment, ['id']);
    return [lines.length, restrictedRows];
  };
  expect(await read('reader', { table: 'branches' })).toEqual([1, true]);
  expect(await read('reader', "select id from branches where country <> 'FR'")).toEqual([1, true]);
  expect(await read('all_reader', { table: 'branches' })).toEqual([2, false]);
  expect(await read('reader', { table: 'all_branches' })).toEqual([2, false]); // as its owner sees it
  expect(await read('reader', 'select 1 as id')).toEqual([1, false]);
  await beside.query('drop owned by reader, all_reader; drop role reader, all_reader');
});

test('a transaction_timeout of an administrator ends the read after a few attempts, and is named with its value', async () => {
  await beside.query(
    `create role hasty login password 'p'; alter role hasty set transaction_timeout = '200ms'`,
  );
  const url = new URL(database.url);
  Object.assign(url, { username: 'hasty', password: 'p' });
  const limited = {
    type: 'SourceUnavailable',
    retryable: true,
    tries: 3,
    message: expect.stringMatching(
      /25P04, transaction_timeout = 200ms; URL\).*Raise transaction_timeout/,
    ) as string,
  };
  const working = readAll(await open({ url: url.href }), 'select 1 as id from pg_sleep(30)', ['id']);
  await expect(working).rejects.toMatchObject(limited);
  const idle = await open({ url: url.href });
  const { signal } = new AbortController();
  await idle.clock(signal); // begins the transaction
  const gone = async () =>
    (await beside.query(`select from pg_stat_activity where usename = 'hasty'`)).rowCount === 0;
  await until('the server has ended the session', gone);
  await expect(readAll(idle, 'select 1 as id', ['id'])).rejects.toMatchObject(limited);
  await beside.query('drop role hasty');
});
