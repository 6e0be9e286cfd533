import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openWarehouse } from '../../warehouse/open.ts';
import { openRedshift } from '../../warehouse/redshift/open.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import { freshDatabase, type TestDatabase } from '../setup/servers.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { describeWarehouse } from './contract.ts';
import { productOpening } from './contract/fixture.ts';
import { values } from './contract/values.ts';
import { READER, readAll } from './reading.ts';
import { startRedshiftShim, type RedshiftShim } from './shims/redshift/shim.ts';

let database: TestDatabase;
let beside: pg.Client;
let shim: RedshiftShim;
/** Whether the next read's count is wrong. */
let isMiscounting = false;
const COUNTS = [5, 10, 1_000, 5_000, 20_000, 200_000, 400_000, 2_000_000];

async function start(): Promise<void> {
  database = await freshDatabase('redshift_driver');
  beside = new pg.Client({ connectionString: database.url });
  await beside.connect();
  shim = await startRedshiftShim({ url: database.url });
  const rowsOf = (n: number) => `select i as id, repeat('x', 100) as padding from generate_series(1, ${n}) i`;
  await shim.execute(`
    ${COUNTS.map((n) => `create view rows_${n} as ${rowsOf(n)};`).join('\n')}
    create view slow as select 1 as id from (select pg_sleep(600)) as late;
    create table written (id int);
    create function write_one() returns int language sql volatile as 'insert into written values (1) returning id'`);
}

async function stop(): Promise<void> {
  await shim.close();
  await beside.end();
  await database.dispose();
}

function open(changes?: Changes): Promise<Warehouse> {
  shim.setFault(isMiscounting ? { kind: 'count', row: 1_000, difference: 3 } : undefined);
  isMiscounting = false;
  return openWarehouse(...opening(changes));
}

type Changes = Partial<{ statementTimeout: number; port: number }>;
type Opening = Parameters<typeof openWarehouse>;

function opening({ statementTimeout = 600_000, port = shim.port }: Changes = {}): Opening {
  const url = new URL(database.url);
  url.port = String(port);
  const source = { driver: 'redshift' as const, connection: { env: 'URL' }, statementTimeout };
  return [source, { URL: url.href }, READER];
}

describeWarehouse('Redshift', {
  start,
  stop,
  open,
  apart: () => productOpening(...opening()),
  running: async () => (await shim.running()).length,
  async execute(sql) {
    await shim.execute(sql);
  },
  rows: (n) => `select id, padding from rows_${n}`,
  slow: 'select id from slow',
  writes: {
    'an INSERT as the query': 'insert into written values (1) returning id',
    'an INSERT in a WITH': 'with w as (insert into written values (1) returning id) select id from w',
    'a function that writes': 'select write_one() as id',
    'a second statement that writes': 'select 1 as id; insert into written values (1)',
  },
  guarantees: { snapshot: 'transaction', readOnly: 'server', errorPosition: 'syntax', tried: false },
  failsAt: (n) =>
    `select id / (case when id = ${n} then 0 else 1 end) as id, padding from rows_2000000 where id <= ${2 * n}`,
  async cut() {
    shim.cutConnections();
  },
  miscount: () => void (isMiscounting = true),
  sql: { nowhereSays: /a table does not exist \(SQLSTATE 42P01\)/ },
  async written() {
    const { rows } = await beside.query<{ count: number }>('select count(*)::int as count from written');
    return rows[0]!.count;
  },
  values: values(
    {
      nul: null, // the server cannot store it
      sum: 'cast(0.1 as float8) + 0.2',
      exponent: 'cast(1e20 as float8)',
      nan: "cast('NaN' as float8)",
      infinity: "cast('-Infinity' as float8)",
    },
    [
      { expression: "cast('ab ' as varchar(9))", kind: 'text', text: 'ab ' },
      { expression: "cast('ab' as char(5))", kind: 'text', text: 'ab' },
      { expression: "cast('' as char(5))", kind: 'text', text: '' },
      { expression: 'cast(0.1 as real)', kind: 'float', text: '0.1' },
      { expression: 'cast(null as float8)', kind: 'float', text: String.raw`\N` },
      { expression: "interval '90 minutes'", kind: 'unsupported', text: '01:30:00' },
    ],
  ),
});

describe('Redshift as a warehouse', () => {
  beforeAll(start);
  afterAll(stop);

  test('the type of a column is named with its length or precision', async () => {
    const query = "select cast('a' as varchar(9)) as a, cast(1 as decimal(38,18)) as b, 1 as c";
    const { columns } = await readAll(await open(), query, ['a', 'b', 'c']);
    expect(columns.map(({ databaseType }) => databaseType)).toEqual([
      'character varying(9)',
      'numeric(38,18)',
      'integer',
    ]);
  });

  test('a column whose name needs quotation marks is read, also one called like the count', async () => {
    const query = 'select 1 as "odd name", 2 as count';
    expect((await readAll(await open(), query, ['odd name', 'count'])).lines).toEqual([['1', '2']]);
  });

  test('a syntax error says where it is in the query', async () => {
    await expect(readAll(await open(), 'select 1 as id\nfrom from', ['id'])).rejects.toMatchObject({
      message:
        "The segment's query failed: a syntax error, at line 2, column 6 of the query (SQLSTATE 42601).",
    });
  });

  test.each([
    'select 1 as id; select 2 as id',
    String.raw`select '\'; select 1 as id; --' as id; select 2 as id`,
  ])('several statements are rejected before the server sees them: %s', async (query) => {
    await expect(readAll(await open(), query, ['id'])).rejects.toMatchObject({
      message: `The segment's query failed: it has more than one statement, at line 1, column ${query.lastIndexOf(';') + 1} of the query.`,
    });
  });

  test('a semicolon in a text with an escaped quotation mark is no end of a statement', async () => {
    const query = String.raw`select 'it\'s; fine' as id;`;
    expect((await readAll(await open(), query, ['id'])).lines).toEqual([["it's; fine"]]);
  });

  test('a server that counts the rows in its tag is read, too', async () => {
    const counting = await startRedshiftShim({ url: database.url, counted: true });
    const warehouse = await open({ port: counting.port });
    expect(await readAll(warehouse, { table: 'rows_1000' }, ['id'])).toMatchObject({ rows: 1_000 });
    await counting.close();
  });

  test('a wrong password is an error of the configuration', async () => {
    const url = new URL(database.url);
    Object.assign(url, { port: String(shim.port), username: 'nobody', password: 'wrong' });
    const source = {
      driver: 'redshift' as const,
      connection: { env: 'SHOP_URL' },
      statementTimeout: 60_000,
    };
    await expect(openWarehouse(source, { SHOP_URL: url.href }, READER)).rejects.toMatchObject({
      type: 'ConfigurationInvalid',
      message: expect.stringMatching(/rejected the login.*SHOP_URL/) as string,
    });
  });

  test('a server that falls silent ends the read soon, whatever message was sent last', async () => {
    const proxied = async () => {
      const proxy = await startSilentProxy({ host: '127.0.0.1', port: shim.port });
      onTestFinished(() => proxy.stop());
      return proxy;
    };
    const soon = { connect: 1_000, short: 1_000, beyond: 500 };
    const source = { variable: 'SHOP_URL', statementTimeout: 1_000, reader: READER };
    const read = async (proxy: Awaited<ReturnType<typeof proxied>>) => {
      const warehouse = await openRedshift({ ...source, url: proxy.through(database.url) }, soon);
      return readAll(warehouse, { table: 'rows_5000' }, ['id', 'padding']);
    };
    const whole = await proxied();
    expect((await read(whole)).rows).toBe(5_000);
    const last = whole.forwarded - 5; // without the message that ends the session, after the commit
    const limits = Array.from({ length: 10 }, (_, i) => Math.max(1, Math.round((last * i) / 9)));
    await Promise.all(
      limits.map(async (bytes) => {
        const proxy = await proxied();
        proxy.hushAfter(bytes);
        await expect(read(proxy), `after ${bytes} of ${last} bytes`).rejects.toMatchObject({
          type: 'SourceUnavailable',
          message: expect.stringContaining('cannot be reached: no answer before the timeout') as string,
        });
      }),
    );
  });
});
