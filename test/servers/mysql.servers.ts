import { NOT_TEXT } from '../../activation/values/text.ts';
import { describeWarehouse } from '../warehouse/contract.ts';
import { productOpening } from '../warehouse/contract/fixture.ts';
import { values } from '../warehouse/contract/values.ts';
import { startMiscounting, startShop, type MysqlShop } from './setup/mysql-shop.ts';

let shop: MysqlShop;
let miscounting: Awaited<ReturnType<typeof startMiscounting>>;
let isMiscounting = false;

describeWarehouse('MySQL', {
  async start() {
    shop = await startShop(2_000_000);
    miscounting = await startMiscounting(shop);
  },
  async stop() {
    miscounting?.close();
    await shop?.server.stop();
  },
  open(options) {
    const url = isMiscounting ? miscounting.url : shop.url;
    isMiscounting = false;
    return shop.open({ ...options, url });
  },
  apart: () => productOpening(...shop.opening()),
  running: async () => (await shop.busy()).length,
  async execute(sql) {
    await shop.server.admin(sql);
  },
  rows: (n) => `select i as id, repeat('x', 100) as padding from numbers where i <= ${n}`,
  slow: "select benchmark(1000000000000, sha2('x', 512)) as id",
  writes: {
    'an INSERT as the query': 'insert into written values (1)',
    'a function that writes': 'select write_one() as id',
    'an INTO': "select 1 as id into outfile '/tmp/written'",
    'a way out of the query':
      'select 1 as id) segment; insert into written values (1); select * from (select 1 as id',
  },
  guarantees: { snapshot: 'transaction', readOnly: 'server', errorPosition: 'syntax', tried: true },
  failsAt: (n) =>
    `select if(i = ${n}, 9223372036854775807, 0) + i as id, repeat('x', 100) as padding from numbers where i <= ${2 * n}`,
  async cut() {
    for (const [id] of await shop.busy()) await shop.server.admin(`kill ${id}`);
  },
  async impatient() {
    await shop.server.admin('set global net_write_timeout = 1');
    return 4_000;
  },
  miscount: () => (isMiscounting = true),
  async written() {
    const [[count]] = (await shop.server.admin('select count(*) from written')) as [[string]];
    return Number(count);
  },
  values: values(
    {
      null: 'null',
      nul: "concat('a', char(0 using utf8mb4), 'b')",
      true: null, // there are no booleans in expressions
      false: null,
      unknown: null,
      smallint: '-32768',
      sum: '0.1e0 + 0.2e0',
      exponent: '1e20',
      nan: null,
      infinity: null,
      timestamptz: null, // only columns have this type
    },
    [
      { expression: '18446744073709551615', kind: 'integer', text: '18446744073709551615' },
      { expression: "cast('ab' as binary)", kind: 'unsupported', text: 'ab' },
      { expression: "x'61ff'", kind: 'unsupported', text: `a\ufffd${NOT_TEXT}` },
      { expression: "time '10:20:30'", kind: 'unsupported', text: '10:20:30' },
    ],
  ),
  sql: {
    createMoving: 'create table contract_moving (id int, padding varchar(100)) engine = innodb',
    nowhereSays: /a table does not exist \(MySQL error 1146\)/,
    comments: {
      'a trailing semicolon': 'select 1 as id;',
      'a semicolon, blanks and comments': 'select 1 as id ; \n\n -- the end; really\n# and; again\n',
      'a comment as its last line, with no line break': 'select 1 as id # all of them',
      'comments and semicolons in texts': String.raw`select /* ; */ 1 as id, ';--' as other, '\';' as third, "#;" as ${'`;`'} ;`,
      'a comment without a blank after its beginning': 'select 1 as id;--\n--\tthe end',
      'comments that are not nested': 'select 1 as id /* /* */;',
      'a quote in a text, and in a comment': String.raw`select '\'' as other, 'b' as third, 1 as id; -- 'x'`,
      'a quote in a name, and in a comment': "select 2 as `'`, 1 as id; -- '",
      'a subtraction of a negative number': 'select 2--1 - 2 as id;',
      'a WITH': 'with chosen as (select 1 as id) select id from chosen',
    },
  },
});
