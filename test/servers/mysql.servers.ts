import { createServer, connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWarehouse } from '../../warehouse/open.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import { describeWarehouse } from '../warehouse/contract.ts';
import { READER, readAll } from '../warehouse/reading.ts';
import { startMariadb, type Mariadb } from './setup/mariadb.ts';

let server: Mariadb;
let miscounting: { port: number; close(): void };
let isMiscounting = false;
let starting: Promise<void> | undefined;

const NULL = String.raw`\N`;
const isReader = "user = 'reader' and command not in ('Sleep', 'Killed')";

/** One server for all tests of this file. */
const start = () => (starting ??= startOnce());

async function startOnce(): Promise<void> {
  server = await startMariadb();
  miscounting = await startMiscounting();
  const [[version]] = (await server.admin('select version()')) as [[string]];
  await server.admin('drop database if exists shop; create database shop; use shop');
  await server.admin(`
    set names utf8mb4;
    drop user if exists reader;
    create user reader identified by 'p%w';
    grant all on shop.* to reader;
    create table numbers (i int primary key) engine = myisam;
    insert into numbers values (1);
    create table written (id int);
    create function write_one() returns int modifies sql data begin insert into written values (1); return 1; end;
    create table kinds (truth boolean, bit_truth bit(1), nine_bits bit(9), zerofilled int(6) zerofill,
      padded_price decimal(8, 2) zerofill, small float, large double, fixed double(10, 2), no_date date, no_time datetime,
      moment datetime(6), instant timestamp(3) null, year year, mood enum('glad', 'sad'), hobbies set('art', 'tea'),
      fives char(5), document json);
    set sql_mode = '', time_zone = '+02:00';
    insert into kinds values (true, b'1', b'100000001', 42, 7.5, 16777217, 0.1, 2.5, 0, 0, '2026-01-31 10:20:30.123',
      '2026-01-31 10:20:30', 2026, 'glad', 'art,tea', 'ab', '{"a":1}')`);
  for (let rows = 1; rows < 2_000_000; rows *= 2)
    await server.admin(`insert into numbers select i + ${rows} from numbers`);
  if (/maria/i.test(version)) await server.admin('create sequence counted');
}

/** A proxy to the server that changes the count of rows in one answer. */
async function startMiscounting() {
  const proxy = createServer((client) => {
    const peer = connect(server.port, server.host);
    let isAsked = false;
    client.on('data', (chunk) => {
      isAsked ||= chunk.includes('found_rows');
      peer.write(chunk);
    });
    peer.on('data', (chunk) => {
      if (isAsked) chunk = Buffer.from(chunk.toString('latin1').replace('\x041000', '\x041001'), 'latin1');
      client.write(chunk);
    });
    for (const [one, other] of [
      [client, peer],
      [peer, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return { port: (proxy.address() as AddressInfo).port, close: () => void proxy.close() };
}

function open({ statementTimeout = 60_000 } = {}): Promise<Warehouse> {
  const port = isMiscounting ? miscounting.port : server.port;
  isMiscounting = false;
  const url = `mysql://reader:p%25w@${server.host}:${port}/shop`;
  const source = { driver: 'mysql' as const, connection: { env: 'SHOP_DATABASE_URL' }, statementTimeout };
  return openWarehouse(source, { SHOP_DATABASE_URL: url }, READER);
}

afterAll(async () => {
  miscounting?.close();
  await server?.stop();
});

describeWarehouse('MySQL', {
  start,
  stop: async () => undefined, // other tests follow
  open,
  async running() {
    const [[count]] = (await server.admin(
      `select count(*) from information_schema.processlist where ${isReader}`,
    )) as [[string]];
    return Number(count);
  },
  async execute(sql) {
    await server.admin(sql);
  },
  rows: (n) => `select i as id, repeat('x', 100) as padding from numbers where i <= ${n}`,
  slow: 'select sleep(600) as id',
  writes: {
    'an INSERT as the query': 'insert into written values (1)',
    'a function that writes': 'select write_one() as id',
    'an INTO': "select 1 as id into outfile '/tmp/written'",
    'a way out of the query':
      'select 1 as id) segment; insert into written values (1); select * from (select 1 as id',
  },
  guarantees: { snapshot: 'transaction', readOnly: 'server', tried: true },
  failsAt: (n) =>
    `select if(i = ${n}, 9223372036854775807, 0) + i as id, repeat('x', 100) as padding from numbers where i <= ${2 * n}`,
  async cut() {
    const ids = await server.admin(`select id from information_schema.processlist where ${isReader}`);
    for (const [id] of ids) await server.admin(`kill ${id}`);
  },
  async impatient() {
    await server.admin('set global net_write_timeout = 1');
    return 4_000;
  },
  miscount: () => (isMiscounting = true),
  async written() {
    const [[count]] = (await server.admin('select count(*) from written')) as [[string]];
    return Number(count);
  },
  values: [
    {
      expression: String.raw`'tab\tnew\nline\rback\\slash'`,
      kind: 'text',
      text: String.raw`tab\tnew\nline\rback\\slash`,
    },
    { expression: "'Zoë Łukasz 東京 🎈'", kind: 'text', text: 'Zoë Łukasz 東京 🎈' },
    { expression: "''", kind: 'text', text: '' },
    { expression: 'null', kind: 'text', text: String.raw`\N` },
    { expression: String.raw`'\\N'`, kind: 'text', text: String.raw`\\N` },
    { expression: '-32768', kind: 'integer', text: '-32768' },
    { expression: '9223372036854775807', kind: 'integer', text: '9223372036854775807' },
    { expression: '18446744073709551615', kind: 'integer', text: '18446744073709551615' },
    {
      expression: "cast('12345678901234567890.123456789012345678' as decimal(38,18))",
      kind: 'decimal',
      text: '12345678901234567890.123456789012345678',
    },
    { expression: '0.1e0 + 0.2e0', kind: 'float', text: '0.30000000000000004' },
    { expression: '1e20', kind: 'float', text: '1e+20' },
    { expression: "date '2026-01-31'", kind: 'date', text: '2026-01-31' },
    { expression: "cast('ab' as binary)", kind: 'unsupported', text: 'ab' },
    { expression: "time '10:20:30'", kind: 'unsupported', text: '10:20:30' },
  ],
  sql: {
    createMoving: 'create table contract_moving (id int, padding varchar(100)) engine = innodb',
    nowhereSays: /a table does not exist \(MySQL error 1146\)/,
    comments: {
      'a trailing semicolon': 'select 1 as id;',
      'a semicolon, blanks and comments': 'select 1 as id ; \n\n -- the end; really\n# and; again\n',
      'a comment as its last line, with no line break': 'select 1 as id # all of them',
      'comments and semicolons in texts': String.raw`select /* ; */ 1 as id, ';--' as other, '\';' as third, "#;" as ${'`;`'} ;`,
      'a subtraction of a negative number': 'select 2--1 - 2 as id;',
      'a WITH': 'with chosen as (select 1 as id) select id from chosen',
    },
  },
});

describe('MySQL as a warehouse', () => {
  beforeAll(start);

  test('columns of a table arrive as the kinds that they are, in UTC, a zero date as null', async () => {
    const expected: Record<string, [kind: string, text: string]> = {
      truth: ['boolean', 't'],
      bit_truth: ['boolean', 't'],
      nine_bits: ['integer', '257'],
      zerofilled: ['integer', '42'],
      padded_price: ['decimal', '7.50'],
      small: ['float', '16777216'],
      large: ['float', '0.1'],
      fixed: ['float', '2.5'],
      no_date: ['date', NULL],
      no_time: ['timestamp', NULL],
      moment: ['timestamp', '2026-01-31 10:20:30.123'],
      instant: ['timestamptz', '2026-01-31 08:20:30+00'],
      year: ['integer', '2026'],
      mood: ['text', 'glad'],
      hobbies: ['text', 'art,tea'],
      fives: ['text', 'ab'],
      document: ['unsupported', expect.stringMatching(/^\{"a": ?1\}$/) as string],
    };
    const names = Object.keys(expected);
    for (const segment of [{ table: 'kinds' }, { query: 'select * from kinds' }]) {
      const { columns, lines } = await readAll(await open(), segment, names);
      const found = columns.map(({ name, kind }, i) => [name, [kind, lines[0]![i]]]);
      expect(Object.fromEntries(found)).toEqual(expected);
    }
  });
});
