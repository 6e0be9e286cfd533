import { describeWarehouse } from './contract.ts';
import { values } from './contract/values.ts';
import { openShim } from './bigquery-place.ts';
import { startBigqueryShim, type BigqueryShim } from './shims/bigquery/shim.ts';

const VALUES = values(
  {
    null: 'cast(null as string)',
    nul: 'code_points_to_string([97, 0, 98])',
    unknown: 'cast(null as bool)',
    smallint: '-32768',
    decimal: "bignumeric '12345678901234567890.123456789012345678'",
    scale: null, // decimals are written without zeros at the end
    sum: 'cast(0.1 as float64) + cast(0.2 as float64)',
    exponent: 'cast(1e20 as float64)',
    nan: "cast('nan' as float64)",
    infinity: "cast('-inf' as float64)",
    timestamp: "datetime '2026-01-31 10:20:30.123456'",
    timestamptz: "timestamp '2026-01-31 10:20:30.5+02:00'",
  },
  [
    { expression: '-9223372036854775808', kind: 'integer', text: '-9223372036854775808' },
    { expression: "numeric '12345678901234567890.12'", kind: 'decimal', text: '12345678901234567890.12' },
    { expression: 'cast(1 as float64)', kind: 'float', text: '1' },
    { expression: "datetime '2026-01-31 10:20:00'", kind: 'timestamp', text: '2026-01-31 10:20:00' },
    { expression: "timestamp '1969-12-31 23:59:00+00'", kind: 'timestamptz', text: '1969-12-31 23:59:00+00' },
    { expression: "timestamp '0001-01-01 00:00:00+00'", kind: 'timestamptz', text: '0001-01-01 00:00:00+00' },
    { expression: "datetime '0987-06-05 04:03:02'", kind: 'timestamp', text: '0987-06-05 04:03:02' },
    { expression: "date '0001-01-01'", kind: 'date', text: '0001-01-01' },
    { expression: "time '10:20:30'", kind: 'unsupported', text: '10:20:30' },
    { expression: '[1, 2]', kind: 'unsupported', text: '[1,2]' },
    { expression: `parse_json('{"a":1}')`, kind: 'unsupported', text: '{"a":1}' },
    { expression: "from_base64('/wA=')", kind: 'unsupported', text: '/wA=' },
  ],
);

for (const rows of ['storage', 'rest'] as const) {
  let shim: BigqueryShim;
  let isMiscounting = false;
  describeWarehouse(`BigQuery, rows by ${rows}`, {
    async start() {
      shim = await startBigqueryShim();
    },
    stop: () => shim.close(),
    open({ statementTimeout = 600_000 } = {}) {
      shim.setFault({ totalRowsDelta: isMiscounting ? 1 : undefined, cutAfterRows: undefined });
      isMiscounting = false;
      return openShim(shim, rows, { statementTimeout });
    },
    execute: (sql) => shim.execute(sql),

    apart() {
      const { url, storageAddress, project, key } = shim;
      const options = [{ url, storageAddress, project, key }, rows];
      return { module: 'test/warehouse/bigquery-place.ts', name: 'openShim', options };
    },
    running: async () => shim.running(),
    rows: (n) => `select id, repeat('x', 100) as padding from unnest(generate_array(1, ${n})) as id`,
    slow: `select count(*) as id from unnest(generate_array(1, 1000000)) a, unnest(generate_array(1, 1000000)) b`,
    endsBeforeRows: true,
    writes: {
      'an INSERT as the query': 'insert into written values (1)',
      'a MERGE as the query':
        'merge written using (select 1 as id) one on false when not matched then insert values (1)',
      'a CREATE TABLE as the query': 'create table contract.made as select 1 as id',
      'a CREATE TABLE that closes the parentheses':
        'select 1 as id); create table contract.made as (select 1 as id',
    },

    written: async () => 0,
    values: VALUES,
    guarantees: { snapshot: 'statement', readOnly: 'wrapped', errorPosition: 'syntax', tried: false },
    failsAt: (n) =>
      `select cast(if(id = ${n}, 'x', '1') as int64) as id, repeat('x', 100) as padding from unnest(generate_array(1, ${2 * n})) as id`,

    async cut() {
      shim.setFault({ cutAfterRows: 30_000 });
      shim.cutConnections();
    },
    miscount: () => void (isMiscounting = true),
    sql: {
      empty: 'select 1 as id from unnest([1]) where 1 = 0',
      createPeople: 'create table contract.contract_people (id int64, first_name string)',
      createMoving: 'create table contract.contract_moving (id int64, padding string)',
      createAsked: 'create table contract.contract_asked (id int64)',
      createKept: 'create table contract.contract_kept (id int64)',
      comments: {
        'a trailing semicolon': 'select 1 as id;',
        'a semicolon, blanks and a comment': 'select 1 as id ; \n\n -- the end; really\n # and ; this',
        'a comment as its last line, with no line break': 'select 1 as id # all of them',
        'comments and semicolons in texts':
          "select /* ; */ 1 as id, ';--' as other, '''/*';''' as third, r'\\;' as fourth, \"#\" as fifth ;",
        'a WITH': 'with chosen as (select 1 as id) select id from chosen',
      },
      nowhere: 'select 1 as id\nfrom contract.nowhere',
      nowhereSays: /a table or another object does not exist \(BigQuery error notFound\)/,
    },
  });
}
