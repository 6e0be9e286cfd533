import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWarehouse } from '../../warehouse/open.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import { freshDatabase, type TestDatabase } from '../setup/servers.ts';
import { failureOf } from '../support/failure-of.ts';
import { describeWarehouse } from './contract.ts';
import { productOpening } from './contract/fixture.ts';
import { PLAIN_BACKSLASHES, values } from './contract/values.ts';
import { READER, readAll } from './reading.ts';
import { until } from '../setup/until.ts';

let database: TestDatabase;
let beside: pg.Client;

async function start(): Promise<void> {
  database = await freshDatabase('warehouse');
  beside = new pg.Client({ connectionString: database.url });
  await beside.connect();
  await beside.query(`
    create type mood as enum ('glad', 'sad');
    create domain postcode as varchar(10);
    create table written (id int);
    create sequence counted;
    create function write_one() returns int language sql volatile as 'insert into written values (1) returning id';
    create function complain(email text) returns int language plpgsql as
      $$ begin raise exception 'bad customer %', email; end $$`);
}

async function stop(): Promise<void> {
  await beside.end();
  await database.dispose();
}

function opening({ statementTimeout = 600_000, url = database.url } = {}): Parameters<typeof openWarehouse> {
  const source = { driver: 'postgres' as const, connection: { env: 'SHOP_DATABASE_URL' }, statementTimeout };
  return [source, { SHOP_DATABASE_URL: url }, READER];
}

const open = (options?: Parameters<typeof opening>[0]): Promise<Warehouse> =>
  openWarehouse(...opening(options));

async function running(): Promise<number> {
  const { rows } = await beside.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state = 'active' and backend_type = 'client backend'`,
  );
  return rows[0]!.count;
}

describeWarehouse('PostgreSQL', {
  start,
  stop,
  open,
  running,
  async execute(sql) {
    await beside.query(sql);
  },
  apart: () => productOpening(...opening()),
  rows: (n) => `select i as id, repeat('x', 100) as padding from generate_series(1, ${n}) i`,
  slow: 'select 1 as id from pg_sleep(600)',
  writes: {
    'an INSERT as the query': 'insert into written values (1) returning id',
    'an INSERT in a WITH': 'with w as (insert into written values (1) returning id) select id from w',
    'a function that writes': 'select write_one() as id',
    'a sequence': "select nextval('counted') as id",
    'a query that grants itself the right to write': `
      select write_one() as id from (select set_config('transaction_read_only', 'off', true)) as rights`,
  },
  guarantees: { snapshot: 'transaction', readOnly: 'server', errorPosition: 'all', tried: true },
  failsAt: (n) =>
    `select i / (case when i = ${n} then 0 else 1 end) as id, repeat('x', 100) as padding from generate_series(1, ${2 * n}) i`,
  async cut() {
    await beside.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
  },
  async written() {
    const { rows } = await beside.query<{ count: number }>(
      'select (select count(*) from written)::int + (select is_called::int from counted) as count',
    );
    return rows[0]!.count;
  },
  values: values(
    {
      ...PLAIN_BACKSLASHES,
      nul: null, // the server cannot store it
      sum: 'cast(0.1 as float8) + 0.2',
      exponent: 'cast(1e20 as float8)',
      nan: "cast('NaN' as float8)",
      infinity: "cast('-Infinity' as float8)",
    },
    [
      { expression: "'ab'::varchar(9)", kind: 'text', text: 'ab' },
      { expression: "'ab'::char(5)", kind: 'text', text: 'ab' },
      { expression: "'ab'::name", kind: 'text', text: 'ab' },
      { expression: "'glad'::mood", kind: 'text', text: 'glad' },
      { expression: "'1000'::postcode", kind: 'text', text: '1000' },
      {
        expression: "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid",
        kind: 'text',
        text: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      },
      { expression: '12345678901234567890.1200', kind: 'decimal', text: '12345678901234567890.1200' },
      { expression: '0.1::real', kind: 'float', text: '0.1' },
      { expression: `'{"a":1}'::jsonb`, kind: 'unsupported', text: '{"a": 1}' },
      { expression: 'array[1,2]', kind: 'unsupported', text: '{1,2}' },
      { expression: String.raw`'\xff'::bytea`, kind: 'unsupported', text: String.raw`\\xff` },
      { expression: "interval '90 minutes'", kind: 'unsupported', text: '01:30:00' },
      { expression: "row(1, 'a')", kind: 'unsupported', text: '(1,a)' },
    ],
  ),
});

describe('PostgreSQL as a warehouse', () => {
  beforeAll(start);
  afterAll(stop);

  const rejection = (query: string, columns = ['id'], options?: Parameters<typeof open>[0]) =>
    failureOf(open(options).then((warehouse) => readAll(warehouse, query, columns)));

  test('a table of another schema is read by both names', async () => {
    await beside.query('create schema crm; create view crm."Members" as select 5 as "Id"');
    expect((await readAll(await open(), { table: 'crm.Members' }, ['Id'])).lines).toEqual([['5']]);
  });

  test('semicolons and comment signs in all kinds of texts are unchanged', async () => {
    const query = String.raw`
      select E'it\'s; --' as a, $$;/*$$ as b, $x$ $$; $x$ as c, 1 as "odd;--", 2 as price$$; /* /* nested; */ */ ;`;
    const read = await readAll(await open(), query, ['a', 'b', 'c', 'odd;--', 'price$$']);
    expect(read.lines).toEqual([["it's; --", ';/*', ' $$; ', '1', '2']]);
  });

  test('the same value is the same text, whatever the settings of the role', async () => {
    await beside.query(`
      create role teller superuser login password 'p';
      alter role teller set datestyle = 'German';
      alter role teller set timezone = 'Asia/Tokyo';
      alter role teller set extra_float_digits = -3;
      alter role teller set intervalstyle = 'iso_8601'`);
    const url = new URL(database.url);
    url.username = 'teller';
    url.password = 'p';
    const query =
      "select timestamptz '2026-01-31 10:20+02' as t, 0.1::float8 + 0.2 as f, interval '1 day'::text as i";
    const own = await readAll(await open(), query, ['t', 'f', 'i']);
    expect((await readAll(await open({ url: url.href }), query, ['t', 'f', 'i'])).lines).toEqual(own.lines);
    await beside.query('drop role teller');
  });

  test('a name that two columns share is rejected if it is requested, and harmless otherwise', async () => {
    const query = 'select 1 as id, 2 as id, 3 as other';
    expect(await rejection(query)).toMatchObject({ type: 'MappingInvalid' });
    expect((await rejection(query)).message).toContain('2 columns named "id"');
    expect((await readAll(await open(), query, ['other'])).lines).toEqual([['3']]);
  });

  test.each([
    [
      'select 1 as id,\n  emial from (select 1) x',
      /failed: a column does not exist, at line 2, column 3 of the query/,
    ],
    ["select '🎈é' as id, nothing", /line 1, column 20 of the query/],
    ['select 1 as id where (', /at the end of the query/],
    ['-- nothing but a comment', /at the end of the query/],
    ['select 1 as id; select 2', /line 1, column 15 of the query/],
  ])('the error of %j has its position', async (query, message) => {
    const error = await rejection(query);
    expect(error).toMatchObject({ type: 'SegmentQueryFailed', retryable: false });
    expect(error.message).toMatch(message);
  });

  test.each([
    ["select ('secret' || random())::int as id", '22P02'],
    ["select complain('secret') as id", 'P0001'],
    ["select convert_from(decode('ff736563726574', 'hex'), 'UTF8') as id", '22021'],
    ["select to_date('secret' || random()::text, 'YYYY') as id", '22007'],
  ])('an error about the value in %j does not show it', async (query, sqlstate) => {
    const error = await rejection(query);
    expect(error).toMatchObject({ type: 'SegmentQueryFailed', cause: undefined });
    expect(error.message).toContain(sqlstate);
    expect(error.message).not.toMatch(/secret|0xff/);
  });

  test.each([
    ['a wrong password', { password: 'hunter2' }, 'ConfigurationInvalid'],
    ['a database that does not exist', { pathname: '/hunter2' }, 'ConfigurationInvalid'],
    ['a port where nothing listens', { port: '1', password: 'hunter2' }, 'SourceUnavailable'],
    ['a server without TLS', { search: '?sslmode=verify-full', password: 'hunter2' }, 'ConfigurationInvalid'],
  ])('%s is reported without the URL or the password', async (_, change, type) => {
    const url = Object.assign(new URL(database.url), change).href;
    const error = await rejection('select 1 as id', ['id'], { url });
    expect(error).toMatchObject({ type, cause: undefined });
    expect(error.message).toContain('SHOP_DATABASE_URL');
    expect(error.message).not.toMatch(/hunter2|127\.0\.0\.1/);
  });

  test.each(['', 'hunter2', 'mysql://shop:hunter2@host/shop', 'postgres://shop:hunter2@host:notaport/shop'])(
    '%j as connection URL is rejected',
    async (url) => {
      const error = await rejection('select 1 as id', ['id'], { url });
      expect(error).toMatchObject({ type: 'ConfigurationInvalid', cause: undefined });
      expect(error.message).toMatch(/SHOP_DATABASE_URL/);
      expect(error.message).not.toMatch(/hunter2/);
    },
  );

  test('a connection that breaks in the middle of a read makes it fail, even if the consumer is slow', async () => {
    const warehouse = await open();
    const segment = {
      query: "select i as id, repeat('x', 1000) as padding from generate_series(1, 500000) i",
    };
    const read = await warehouse.read({
      segment,
      columns: ['id', 'padding'],
      signal: new AbortController().signal,
    });
    const consume = async () => {
      let seen = 0;
      for await (const batch of read.batches) {
        if ((seen += batch.length) > batch.length) continue;
        await beside.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy%' and datname = current_database()",
        );
        await until('the query has ended', async () => (await running()) === 0);
      }
    };
    await expect(consume()).rejects.toMatchObject({ type: 'SourceUnavailable', retryable: true });
    expect(() => read.rows()).toThrow('before the last batch');
    await warehouse.close();
  });
});
