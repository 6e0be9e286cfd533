import { expect, test } from 'vitest';
import { columnOf } from '../../warehouse/databricks/kinds.ts';
import { failureOf } from '../../warehouse/databricks/failures.ts';
import { RestClient } from '../../warehouse/rest/client.ts';
import { openDatabricks, type DatabricksSource } from '../../warehouse/databricks/open.ts';
import { describeWarehouse } from './contract.ts';
import { values } from './contract/values.ts';
import { READER } from './reading.ts';
import { startDatabricksShim } from './shims/databricks/shim.ts';
import type { Shim } from './shims/server.ts';

let shim: Shim;
/** Statements whose results will never be fetched. */
let lost = 0;
let wasCut = false;
/** Of the source that is opened next. */
let nextFaults: Parameters<Shim['setFault']>[0] = {};
const SOURCE: DatabricksSource = {
  host: 'shop.cloud.databricks.com',
  login: { clientId: 'reader', clientSecret: 'geheim' },
  warehouse: 'abc123',
  statementTimeout: 600_000,
  reader: READER,
};

const startShim = (chunkBytes: number) =>
  startDatabricksShim({ login: { client: { id: 'reader', secret: 'geheim' } }, chunkBytes });

async function start() {
  shim = await startShim(1 << 20);
  await shim.execute('create table WRITTEN (id int)');
  // the shim does not have this function of Databricks
  await shim.execute('create macro unix_micros(moment) as epoch_us(moment)');
}

async function open(changes: Partial<DatabricksSource> = {}) {
  if (wasCut) lost = shim.unread();
  wasCut = false;
  shim.setFault(nextFaults);
  nextFaults = {};
  return openDatabricks({ ...SOURCE, ...changes }, { origin: shim.url });
}

describeWarehouse('Databricks', {
  start,
  stop: () => shim.close(),
  open,
  async execute(sql) {
    // a statement reads its snapshot when it runs, some time after the service has accepted it
    await shim.settled();
    await shim.execute(sql);
  },
  async apart() {
    const own = await startShim(20e6);
    const module = 'warehouse/databricks/open.ts';
    return {
      module,
      name: 'openDatabricks',
      options: [SOURCE, { origin: own.url }],
      stop: () => own.close(),
    };
  },
  running: async () => shim.unread() - lost,
  rows: (n) => `select id, repeat('x', 100) as padding from range(1, ${n + 1}) numbered (id)`,
  slow: 'select count(*) as id from range(1, 1000000000000) numbered',
  writes: {
    'an INSERT as the query': 'insert into WRITTEN values (1)',
    'a DROP': 'drop table WRITTEN',
  },
  async written() {
    // it fails if the table is gone or has a row
    await shim.execute("select case when count(*) > 0 then error('written') end from WRITTEN");
    return 0;
  },
  values: values(
    {
      null: 'cast(null as string)',
      nul: "concat('a', chr(0), 'b')",
      timestamp: "cast('2026-01-31 10:20:30.123456' as timestamp_ntz)",
      timestamptz: "cast('2026-01-31 10:20:30.5+02:00' as timestamp)",
    },
    [
      {
        expression: "cast('1969-12-31 23:59:59.5+00:00' as timestamp)",
        kind: 'timestamptz',
        text: '1969-12-31 23:59:59.5+00',
      },
      {
        expression: "cast('9999-12-31 23:59:59.999999+00:00' as timestamp)",
        kind: 'timestamptz',
        text: '9999-12-31 23:59:59.999999+00',
      },
      {
        expression: "cast('0001-01-01 00:00:00+00:00' as timestamp)",
        kind: 'timestamptz',
        text: '0001-01-01 00:00:00+00',
      },
    ],
  ),
  guarantees: { snapshot: 'statement', readOnly: 'wrapped', errorPosition: 'all', tried: false },
  failsAt: (n) =>
    `select cast(case when id = ${n} then 'x' else cast(id as string) end as int) as id, repeat('x', 100) as padding from range(1, ${2 * n + 1}) numbered (id)`,
  async cut() {
    shim.cutConnections({ refuseNew: true });
    wasCut = true; // nothing can cancel its statement
  },
  miscount: () => {
    nextFaults = { miscount: 1 };
  },
});

test('the literal null is a text', () => {
  expect(columnOf({ name: 'c', type_name: 'NULL', type_text: 'VOID' })).toMatchObject({
    kind: 'text',
    databaseType: 'VOID',
  });
});

test('an error of the parser, which begins with a line break in Spark, has its name and its position', () => {
  const before = 'select * from (';
  const query = 'select 1 as id\nwhere (';
  const statement = { text: `${before}${query}\n) segment limit 0`, query, offset: before.length };
  const message =
    "\n[PARSE_SYNTAX_ERROR] Syntax error at or near ')'. SQLSTATE: 42601 (line 2, pos 6)\n\n== SQL ==\n[SECRET]";
  const client = new RestClient('shop.cloud.databricks.com', {});
  const context = { client, statementTimeout: 1_000, headers: async () => ({}) };
  expect(failureOf({ code: 'BAD_REQUEST', message }, context, statement).message).toBe(
    "The segment's query failed: a syntax error, at line 2, column 7 of the query (Databricks PARSE_SYNTAX_ERROR).",
  );
});
