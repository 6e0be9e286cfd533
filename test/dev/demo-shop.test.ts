import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fillDemoShop } from '../../examples/demo/shop.ts';
import { freshDatabase, type TestDatabase } from '../setup/servers.ts';

/* How the simulator of docker-compose.yml handles the database of SHOP_DATABASE_URL. */

let database: TestDatabase;
let shop: pg.Client;
beforeEach(async () => {
  database = await freshDatabase('shop');
  shop = new pg.Client({ connectionString: database.url });
  await shop.connect();
});
afterEach(async () => {
  await shop.end();
  await database.dispose();
});

/** As docker/databases.sql marks the database that it creates. */
async function mark(): Promise<void> {
  const [comment] = /comment on database .*;/.exec(readFileSync('docker/databases.sql', 'utf8'))!;
  await shop.query(comment.replace('database shop', `database ${new URL(database.url).pathname.slice(1)}`));
}
const tables = async () =>
  (
    await shop.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public'`)
  ).rows
    .map(({ name }) => name)
    .sort();

test('a database that was created for the demo is filled once', async () => {
  await mark();
  await fillDemoShop(shop);
  expect(await tables()).toEqual(['customers', 'orders']);
  await shop.query('delete from orders where id = 1');
  await fillDemoShop(shop);
  expect((await shop.query('select from orders where id = 1')).rowCount).toBe(0);
});

test.each([
  { what: 'an empty database', isMarked: false, sql: 'select' },
  { what: 'a database with other tables', isMarked: false, sql: 'create table people ()' },
  { what: 'a database with a table customers', isMarked: false, sql: 'create table customers ()' },
  { what: 'the demo database with other tables', isMarked: true, sql: 'create table people ()' },
])('any other database is rejected and left alone: $what', async ({ isMarked, sql }) => {
  if (isMarked) await mark();
  await shop.query(sql);
  const before = await tables();
  await expect(fillDemoShop(shop)).rejects.toThrow('Nothing was written');
  expect(await tables()).toEqual(before);
});
