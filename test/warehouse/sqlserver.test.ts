import { describeWarehouse } from './contract.ts';
import { productOpening } from './contract/fixture.ts';
import { values } from './contract/values.ts';
import { readAll } from './reading.ts';
import { open, opening, shim, startShim } from './sqlserver-opening.ts';

/** Whether the next read's count is wrong. */
let isMiscounting = false;

describeWarehouse('SQL Server', {
  start: startShim,
  stop: () => shim.close(),
  open(options) {
    const fault = isMiscounting ? ({ kind: 'count', row: 1_000, difference: 3 } as const) : undefined;
    isMiscounting = false;
    return open({ ...options, fault });
  },
  apart: () => productOpening(...opening()),
  running: async () => shim.running().length,
  execute: (sql) => shim.execute(sql.replace(/select top (\d+) (.*)$/, 'select $2 limit $1')), // DuckDB's SQL
  rows: (n) => `select top ${n} id, padding from numbers order by id`,
  slow: 'select count(*) as id from numbers a cross join numbers b cross join numbers c where a.id + b.id + c.id < 0',
  writes: {
    'an INSERT as the query': 'insert into written values (1)',
    'an INSERT in a WITH': 'with w as (select 1 as id) insert into written select id from w',
    'a second statement that writes': 'select 1 as id; insert into written values (1)',
    'a second statement without a semicolon':
      'select 1 as id) s insert into written values (1) select * from (select 1 as id',
  },
  guarantees: { snapshot: 'transaction', readOnly: 'wrapped', errorPosition: 'all', tried: false },
  failsAt: (n) =>
    `select top ${2 * n} cast(case when id = ${n} then 'x' else '1' end as int) as id, padding from numbers order by id`,
  async cut() {
    shim.cutConnections();
  },
  miscount: () => void (isMiscounting = true),
  async written() {
    const warehouse = await open();
    return (await readAll(warehouse, { table: 'written' }, ['id'])).rows;
  },
  sql: {
    nowhereSays: /a table does not exist, at line 2 of the query \(SQL Server error 208\)/,
    brokenSays: /a syntax error, at line 2 of the query/,
    orderById: 'order by id offset 0 rows',
    million: "replicate(convert(nvarchar(max), 'x'), 1000000)",
  },
  values: values(
    {
      escapes: "N'tab\tnew\nline\rback\\slash'",
      unicode: "N'Zoë Łukasz 東京 🎈'",
      null: 'cast(null as nvarchar(10))',
      looksLikeNull: String.raw`N'\N'`,
      nul: null,
      true: 'cast(1 as bit)',
      false: 'cast(0 as bit)',
      unknown: 'cast(null as bit)',
      bigint: "cast('9223372036854775807' as bigint)",
      sum: 'cast(0.1 as float) + cast(0.2 as float)',
      exponent: "cast('1e20' as float)",
      nan: null,
      infinity: null,
      date: "cast('2026-01-31' as date)",
      timestamp: "cast('2026-01-31 10:20:30.123456' as datetime2)",
      timestamptz: "cast('2026-01-31 10:20:30.5+02:00' as datetimeoffset)",
    },
    [
      { expression: "N'[it''s;--]'", kind: 'text', text: "[it's;--]" },
      { expression: 'cast(0.1 as real)', kind: 'float', text: '0.1' },
    ],
  ),
});
