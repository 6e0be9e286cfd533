import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPostgres } from '../../warehouse/postgres/open.ts';
import { freshDatabase, type TestDatabase } from '../setup/servers.ts';
import { READER, readAll } from './reading.ts';

const ROLE = `table_reader_${process.pid}`;
let database: TestDatabase;
let beside: pg.Client;
beforeAll(async () => {
  database = await freshDatabase('tables');
  beside = new pg.Client({ connectionString: database.url });
  await beside.connect();
  await beside.query(`
    create schema shop; create schema closed;
    create table shop.customers (id int); create table shop.secret_customers (id int);
    create table closed.payments (id int); create table public.vip (id int); create view public."Odd" as select 1 as id;
    create role ${ROLE} login password 'p';
    grant usage on schema shop to ${ROLE};
    grant select on shop.customers, closed.payments, public.vip, public."Odd" to ${ROLE}`);
});
afterAll(async () => {
  await beside?.query(`drop owned by ${ROLE}; drop role ${ROLE}`);
  await beside?.end();
  await database?.dispose();
});

async function failureOf(table: string): Promise<unknown> {
  const url = Object.assign(new URL(database.url), { username: ROLE, password: 'p' }).href;
  const warehouse = await openPostgres({
    url,
    variable: 'SHOP_URL',
    statementTimeout: 60_000,
    reader: READER,
  });
  return readAll(warehouse, { table }, ['id']).catch((error: unknown) => error);
}

test.each([
  ['Shop.Customers', 'shop.customers'],
  ['SHOP.CUSTOMERS', 'shop.customers'],
  ['shop.costumers', 'shop.customers'],
  ['public.customers', 'shop.customers'],
  ['Customers', 'shop.customers'],
  ['VIP', 'vip'],
  ['odd', 'Odd'],
])('the table %s does not exist, and the error suggests %s', async (table, near) => {
  expect(await failureOf(table)).toMatchObject({
    type: 'SegmentQueryFailed',
    told: { reason: 'tableMissing', facts: { table, near } },
  });
});

test('only tables that the role may read are suggested', async () => {
  for (const table of ['Shop.Secret_Customers', 'Closed.Payments', 'nothing.like_that']) {
    const failure = (await failureOf(table)) as Error;
    expect(failure.message).toMatch(/does not exist, or this user has no access to it/);
    expect(failure.message).not.toMatch(/secret_customers\?|payments\?|did you mean closed/);
  }
});
