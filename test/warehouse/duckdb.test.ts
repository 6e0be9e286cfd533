import { readdir } from 'node:fs/promises';
import { describeWarehouse } from './contract.ts';
import { productOpening } from './contract/fixture.ts';
import { PLAIN_BACKSLASHES, values } from './contract/values.ts';
import { change, engines, file, inDatabase, open, opening, project, start, stop } from './duckdb-project.ts';

describeWarehouse('DuckDB', {
  start,
  stop,
  open,
  apart: () => productOpening(...opening()),
  running: async () =>
    (await engines()).filter(({ title }) => title === 'actito-sync vip run 7 reading').length,
  execute: (sql) => change(sql),
  rows: (n) => `select i::int as id, repeat('x', 100) as padding from range(1, ${n + 1}) t (i)`,
  slow: 'select count(*)::int as id from range(10000000000000) t (i) where hash(i) = 1',
  writes: {
    'an INSERT as the query': 'insert into written values (1) returning id',
    'an INSERT in a WITH': 'with w as (insert into written values (1) returning id) select id from w',
    'a sequence': "select nextval('counted') as id",
    'a table of the result': 'create table written_too as select 1 as id',
    'a COPY into a file': "copy (select 1 as id) to 'written.csv'",
    'another database': "attach 'written.duckdb'",
  },
  async written() {
    const [[rows]] = (await inDatabase(file(), ['select count(*)::int from written'])) as [[number]];
    const [[calls]] = (await inDatabase(file(), [
      'select count(last_value)::int from duckdb_sequences()',
    ])) as [[number]];
    const files = (await readdir(project)).filter((name) => name.startsWith('written'));
    return rows + calls + files.length;
  },
  guarantees: { snapshot: 'transaction', readOnly: 'server', errorPosition: 'all', tried: true },
  failsAt: (n) =>
    `select case when i = ${n} then 'x' else i::varchar end::int as id, repeat('x', 100) as padding from range(1, ${2 * n + 1}) t (i)`,
  async cut() {
    for (const { pid } of await engines()) process.kill(pid, 'SIGKILL');
  },
  values: values(PLAIN_BACKSLASHES, [
    { expression: 'chr(8) || chr(11) || chr(12)', kind: 'text', text: String.raw`\b\v\f` },
    { expression: `'"quoted", it''s'`, kind: 'text', text: `"quoted", it's` },
    { expression: "'glad'::enum ('glad', 'sad')", kind: 'text', text: 'glad' },
    {
      expression: "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid",
      kind: 'text',
      text: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    },
    { expression: '(-128)::tinyint', kind: 'integer', text: '-128' },
    { expression: '18446744073709551615::ubigint', kind: 'integer', text: '18446744073709551615' },
    { expression: 'sum(9223372036854775807::bigint)', kind: 'integer', text: '9223372036854775807' },
    { expression: '-0.5::decimal(3,2)', kind: 'decimal', text: '-0.50' },
    { expression: '0.5::decimal(2,2)', kind: 'decimal', text: '0.50' },
    { expression: '-0.5::decimal(38,38)', kind: 'decimal', text: `-0.5${'0'.repeat(37)}` },
    { expression: 'null::decimal(2,2)', kind: 'decimal', text: String.raw`\N` },
    { expression: '5::double', kind: 'float', text: '5' },
    { expression: '0.1::real', kind: 'float', text: '0.1' },
    {
      expression: "timestamp_ns '2026-01-31 10:20:30.100000789'",
      kind: 'timestamp',
      text: '2026-01-31 10:20:30.1',
    },
    { expression: "timestamp_s '2026-01-31 10:20:30'", kind: 'timestamp', text: '2026-01-31 10:20:30' },
    { expression: "'infinity'::timestamptz", kind: 'timestamptz', text: 'infinity' },
    { expression: `'{"a":"\\n"}'::json`, kind: 'unsupported', text: String.raw`{"a":"\\n"}` },
    { expression: '[1, 2]', kind: 'unsupported', text: '[1, 2]' },
    { expression: String.raw`'\xff'::blob`, kind: 'unsupported', text: String.raw`\\xFF` },
    { expression: "interval '90 minutes'", kind: 'unsupported', text: '01:30:00' },
    { expression: "{'a': 1}", kind: 'unsupported', text: "{'a': 1}" },
  ]),
});
