import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openWarehouse } from '../../warehouse/open.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import { openTrino } from '../../warehouse/trino/open.ts';
import { describeWarehouse } from './contract.ts';
import { productOpening } from './contract/fixture.ts';
import { PLAIN_BACKSLASHES, values } from './contract/values.ts';
import { READER, readAll } from './reading.ts';
import { startTrino, type TrinoShim } from './shims/trino/server.ts';

/* Against a shim of Trino's client protocol over DuckDB: the queries are in the dialect of DuckDB. */

let shim: TrinoShim;

async function start(): Promise<void> {
  shim = await startTrino();
  await shim.engine.execute('create table written (id int)');
}

const url = () => `http://shop:hunter2@127.0.0.1:${shim.port}/memory/main`;
const rows = (n: number) => `select i as id, repeat('x', 100) as padding from range(1, ${n} + 1) t(i)`;

function opening({ statementTimeout = 600_000, at = url() } = {}): Parameters<typeof openWarehouse> {
  const source = { driver: 'trino' as const, connection: { env: 'SHOP_URL' }, statementTimeout };
  return [source, { SHOP_URL: at }, READER];
}

const open = (options?: Parameters<typeof opening>[0]): Promise<Warehouse> =>
  openWarehouse(...opening(options));

describeWarehouse('Trino', {
  start,
  stop: () => shim.stop(),
  open: async ({ statementTimeout = 600_000 } = {}) =>
    openTrino(
      { url: url(), variable: 'SHOP_URL', statementTimeout, reader: READER },
      { connect: 10_000, short: 30_000, beyond: 10_000, heartbeat: 200 },
    ),
  execute: (sql) => shim.engine.execute(sql),
  apart: () => productOpening(...opening()),
  running: async () => shim.running(),
  rows,
  slow: "select 1 as id from (select 'shim_sleep') slow",
  writes: {
    'an INSERT as the query': 'insert into written values (1) returning id',
    'an INSERT in a WITH': 'with w as (insert into written values (1) returning id) select id from w',
    'an INSERT after the query': 'select 1 as id) segment; insert into written values (1); select (1',
  },
  written: () => shim.engine.count('written'),
  guarantees: { snapshot: 'statement', readOnly: 'wrapped', errorPosition: 'all', tried: true },
  failsAt: (n) =>
    `select cast(case when i = ${n} then 'x' else cast(i as varchar) end as bigint) as id,
            repeat('x', 100) as padding from range(1, ${2 * n} + 1) t(i)`,
  cut: async () => shim.cut(),
  async impatient() {
    shim.manner.clientTimeout = 1_000;
    return 3_000;
  },
  miscount() {
    shim.manner.miscount = 1;
    shim.manner.clientTimeout = 300_000;
  },
  values: values(PLAIN_BACKSLASHES, [
    {
      expression: "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid",
      kind: 'text',
      text: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    },
    { expression: '0.1::float', kind: 'float', text: '0.1' },
    { expression: 'null::float', kind: 'float', text: String.raw`\N` },
    { expression: '[1, 2]', kind: 'unsupported', text: 'INTEGER[]' },
  ]),
});

describe('Trino as a warehouse', () => {
  beforeAll(start);
  afterAll(() => shim.stop());

  test('the owner of the cluster sees who reads; every statement has a limit and is in UTC', async () => {
    shim.seen.length = 0;
    await readAll(
      await open({ statementTimeout: 90_500, at: `${url()}?query_max_run_time=9h&spill=a%2Cb` }),
      rows(3),
      ['id'],
    );
    expect(shim.seen).toHaveLength(2);
    for (const { headers } of shim.seen)
      expect(headers).toMatchObject({
        'x-trino-user': 'shop',
        'x-trino-catalog': 'memory',
        'x-trino-schema': 'main',
        'x-trino-source': 'actito-sync vip run 7',
        'x-trino-client-tags': 'actito-sync',
        'x-trino-time-zone': 'UTC',
        'x-trino-client-capabilities': 'PARAMETRIC_DATETIME',
        'x-trino-session': 'query_max_run_time=90500ms,spill=a%2Cb',
      });
  });

  test('columns without a name, and names that occur twice, do not prevent a read', async () => {
    const query = "select 1 as id, 2 as id, 'x' as other, 3 + 4";
    expect((await readAll(await open(), query, ['other'])).lines).toEqual([['x']]);
  });

  test.each(['forbidden', 'page', 'preliminary'] as const)(
    'without the figures of a query (%s), all rows are read all the same',
    async (queries) => {
      shim.manner.queries = queries;
      const read = await readAll(await open(), rows(1_000), ['id']);
      shim.manner.queries = undefined;
      expect([read.rows, read.lines.length]).toEqual([1_000, 1_000]);
    },
  );

  test('every heartbeat ends with its page', async () => {
    const [started, ended] = [vi.spyOn(globalThis, 'setInterval'), vi.spyOn(globalThis, 'clearInterval')];
    onTestFinished(() => void vi.restoreAllMocks());
    await readAll(await open(), rows(50_000), ['id', 'padding']);
    const timers = started.mock.results.map(({ value }) => value as unknown);
    expect(timers.length).toBeGreaterThan(3);
    expect(ended.mock.calls.map(([timer]) => timer as unknown)).toEqual(timers);
  });

  test('a first page without rows is not the end', async () => {
    shim.manner.beginsEmpty = true;
    const warehouse = await open();
    const question = { query: 'select 7', setting: 'guards.freshness', signal: new AbortController().signal };
    const found = await warehouse.look(question);
    await warehouse.close();
    const { lines } = await readAll(await open(), rows(3), ['id']);
    shim.manner.beginsEmpty = false;
    expect([found.value, lines]).toEqual(['7', [['1'], ['2'], ['3']]]);
  });

  test('a token logs in without a password', async () => {
    const at = `http://shop@127.0.0.1:${shim.port}/memory?accessToken=token-of-shop`;
    expect((await readAll(await open({ at }), 'select 1 as id', ['id'])).lines).toEqual([['1']]);
  });

  test('an answer for a look has its kind and its text', async () => {
    const warehouse = await open();
    const { signal } = new AbortController();
    const query = "select timestamptz '2026-01-31 10:20:30+02', 2";
    const question = { query, setting: 'guards.freshness', signal };
    shim.seen.length = 0;
    expect(await warehouse.look(question)).toEqual({
      found: true,
      kind: 'timestamptz',
      value: '2026-01-31 08:20:30+00',
    });
    expect(shim.seen.map(({ statement }) => statement.slice(-8))).toEqual([' limit 0', ' limit 1']);
    await warehouse.close();
  });
});
