import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Failure } from '../../contract/failure.ts';
import { openWarehouse } from '../../warehouse/open.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import { until } from '../setup/until.ts';
import { describeWarehouse } from './contract.ts';
import { productOpening } from './contract/fixture.ts';
import { PLAIN_BACKSLASHES, values } from './contract/values.ts';
import { READER, readAll } from './reading.ts';
import { startClickHouse, type ClickHouseShim } from './shims/clickhouse/server.ts';

/* Against a shim of ClickHouse's HTTP interface over DuckDB: the queries are in the dialect of DuckDB. */

let shim: ClickHouseShim;

async function start(): Promise<void> {
  shim = await startClickHouse();
  await shim.engine.execute('create table written (id int)');
}

const url = () => `http://shop:hunter2@127.0.0.1:${shim.port}/default`;

function opening({ statementTimeout = 600_000, at = url() } = {}): Parameters<typeof openWarehouse> {
  const source = { driver: 'clickhouse' as const, connection: { env: 'SHOP_URL' }, statementTimeout };
  return [source, { SHOP_URL: at }, READER];
}

const open = (options?: Parameters<typeof opening>[0]): Promise<Warehouse> =>
  openWarehouse(...opening(options));

const rows = (n: number) => `select i as id, repeat('x', 100) as padding from range(1, ${n} + 1) t(i)`;

describeWarehouse('ClickHouse', {
  start,
  stop: () => shim.stop(),
  open,
  execute: (sql) => shim.engine.execute(sql),
  apart: () => productOpening(...opening()),
  running: async () => shim.running(),
  rows,
  slow: "select 1 as id from (select 'sleepEachRow') slow",
  writes: {
    'an INSERT as the query': 'insert into written values (1) returning id',
    'an INSERT in a WITH': 'with w as (insert into written values (1) returning id) select id from w',
    'an INSERT after the query': 'select 1 as id) segment; insert into written values (1); select (1',
  },
  written: () => shim.engine.count('written'),
  guarantees: { snapshot: 'statement', readOnly: 'server', errorPosition: 'syntax', tried: false },
  failsAt: (n) =>
    `select cast(case when i = ${n} then 'x' else cast(i as varchar) end as bigint) as id,
            repeat('x', 100) as padding from range(1, ${2 * n} + 1) t(i)`,
  cut: async () => shim.cut(),
  async impatient() {
    shim.manner.sendTimeout = 1;
    return 3_000;
  },
  miscount() {
    shim.manner.miscount = 1;
  },
  sql: { nowhereSays: /a table does not exist \(ClickHouse error 60\)/ },
  values: values({ ...PLAIN_BACKSLASHES, timestamp: null }, [
    { expression: "'it''s'", kind: 'text', text: "it's" },
    { expression: "'a' || chr(11) || chr(8) || 'b'", kind: 'text', text: String.raw`a\v\bb` },
    { expression: String.raw`'\0' || chr(39)`, kind: 'text', text: String.raw`\\0'` },
    { expression: 'null::double', kind: 'float', text: String.raw`\N` },
    { expression: "'glad'::enum('glad', 'sad')", kind: 'text', text: 'glad' },
    {
      expression: "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid",
      kind: 'text',
      text: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    },
    { expression: '18446744073709551615::ubigint', kind: 'integer', text: '18446744073709551615' },
    { expression: '1e17::double', kind: 'float', text: '1e+17' },
    { expression: '0.1::float', kind: 'float', text: '0.1' },
    {
      expression: "timestamp '2026-01-31 10:20:30.123456'",
      kind: 'timestamptz',
      text: '2026-01-31 10:20:30.123456+00',
    },
    { expression: '[1, 2]', kind: 'unsupported', text: '[1, 2]' },
  ]),
});

describe('ClickHouse as a warehouse', () => {
  beforeAll(start);
  afterAll(() => shim.stop());

  const rejection = (query: string, options?: Parameters<typeof open>[0]) =>
    open(options)
      .then((warehouse) => readAll(warehouse, query, ['id']))
      .then(
        () => expect.fail('the read should have failed'),
        (error: Failure) => error,
      );

  const signal = new AbortController().signal;
  const last = (what: string) => shim.seen.filter(({ statement }) => statement.startsWith(what)).at(-1);

  test.each([
    ['select 1 as id where (', /at the end of the query/],
    [
      "select '🎈é' as id,\n  , 2 as x",
      /a syntax error, at line 2, column 3 of the query \(ClickHouse error 62\)/,
    ],
  ])('the syntax error in %j has its position', async (query, message) => {
    expect((await rejection(query)).message).toMatch(message);
  });

  test('the owner of the server sees who reads, and every request is read-only, in UTC and limited', async () => {
    shim.seen.length = 0;
    await readAll(await open({ statementTimeout: 90_500, at: `${url()}?max_threads=2` }), rows(3), ['id']);
    expect(shim.seen).toHaveLength(2);
    for (const { headers, settings } of shim.seen) {
      expect(headers['user-agent']).toBe('actito-sync vip run 7');
      expect(settings).toMatchObject({
        database: 'default',
        readonly: '2',
        session_timezone: 'UTC',
        max_execution_time: '90.5',
        log_comment: 'actito-sync vip run 7',
        result_overflow_mode: 'throw',
        max_threads: '2',
      });
      expect(settings.query_id).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(new Set(shim.seen.map(({ settings }) => settings.query_id)).size).toBe(2);
  });

  test('neither the URL nor a profile can let rows be missing without an error', async () => {
    shim.seen.length = 0;
    const at = `${url()}?skip_unavailable_shards=1&read_overflow_mode_leaf=break&result_overflow_mode=break&limit=1&output_format_tsv_crlf_end_of_line=1&default_format=CSV&wait_end_of_query=0`;
    expect((await readAll(await open({ at }), rows(3), ['padding'])).rows).toBe(3);
    expect(shim.seen).toHaveLength(2);
    for (const { settings } of shim.seen)
      expect(settings).toMatchObject({
        skip_unavailable_shards: '0',
        read_overflow_mode_leaf: 'throw',
        timeout_overflow_mode_leaf: 'throw',
        result_overflow_mode: 'throw',
        limit: '0',
      });
  });

  test.each([
    'compress',
    'decompress',
    'query',
    'output_format',
    'output_format_float_precision',
    'output_format_always_write_decimal_point_in_float_and_decimal',
    'format_template_row',
    'format_template_resultset',
  ])('a URL with %s, which would change the answers, is rejected before anything is sent', async (name) => {
    shim.seen.length = 0;
    const error = await rejection('select 1 as id', { at: `${url()}?${name}=hunter2` });
    expect(error).toMatchObject({
      type: 'ConfigurationInvalid',
      message: `${name} in the URL of the warehouse (SHOP_URL) cannot be used; it must be left out.`,
    });
    expect(shim.seen).toEqual([]);
  });

  test('a query that is canceled is also killed by its id, because a proxy may keep the connection', async () => {
    shim.seen.length = 0;
    const controller = new AbortController();
    const warehouse = await open();
    const query = "select 1 as id from (select 'sleepEachRow') slow";
    const reading = readAll(warehouse, query, ['id'], controller.signal);
    const outcome = expect(reading).rejects.toThrow('enough of it');
    await until('the query runs', async () => last('select "id"') !== undefined && shim.running() === 1);
    controller.abort(new Error('enough of it'));
    await outcome;
    await warehouse.close();
    expect(last('kill query')?.statement).toBe(
      `kill query where query_id = '${last('select "id"')!.settings.query_id}' async`,
    );
  });

  test('without the right to kill, a consumer that stops early ends the query by its connection', async () => {
    shim.manner.refusesKill = true;
    shim.seen.length = 0;
    const warehouse = await open();
    const segment = { query: rows(2_000_000) };
    const read = await warehouse.read({ segment, columns: ['id', 'padding'], signal });
    for await (const batch of read.batches) {
      expect(batch.length).toBeGreaterThan(0);
      break;
    }
    await until('the query has ended', async () => shim.running() === 0);
    expect(last('kill query')).toBeDefined();
    shim.manner.refusesKill = false;
    await warehouse.close();
  });

  test('a look at a value gives its text and its kind', async () => {
    const warehouse = await open();
    const question = { setting: 'guards.freshness', signal };
    const query = "select timestamptz '2026-01-31 10:20:30+02' as at, 2 as other";
    shim.seen.length = 0;
    expect(await warehouse.look({ ...question, query })).toEqual({
      found: true,
      kind: 'timestamptz',
      value: '2026-01-31 08:20:30+00',
    });
    expect(shim.seen.map(({ statement }) => statement.slice(-8))).toEqual([' limit 1']);
    expect(shim.seen[0]!.settings.wait_end_of_query).toBe('1');
    const now = await warehouse.clock(signal);
    expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
    await warehouse.close();
  });

  test('a column whose name is escaped in the answer is found by its name', async () => {
    const read = await readAll(await open(), `select 1 as "it's", 2 as "a ""b"`, ["it's", 'a "b']);
    expect(read.lines).toEqual([['1', '2']]);
  });

  test.each([
    ['a user without a password', 'shop@', '', { 'x-clickhouse-user': 'shop' }],
    ['nobody', '', '', { 'x-clickhouse-user': 'default' }],
    ['a token', '', '?accessToken=abc', { authorization: 'Bearer abc' }],
  ])('%s logs in by the headers of ClickHouse', async (_, user, search, headers) => {
    shim.seen.length = 0;
    const at = `${url().replace('shop:hunter2@', user)}${search}`;
    expect(await rejection('select 1 as id', { at })).toMatchObject({ type: 'ConfigurationInvalid' });
    const sent = ['x-clickhouse-user', 'authorization'].filter((name) => name in shim.seen[0]!.headers);
    expect(sent).toEqual(Object.keys(headers));
    expect(shim.seen[0]!.headers).toMatchObject(headers);
  });
});
