import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureOf } from '../support/failure-of.ts';
import { readAll } from '../warehouse/reading.ts';
import { until } from '../setup/until.ts';
import { startShop, type MysqlShop } from './setup/mysql-shop.ts';

/** As COPY writes it. */
const NULL = String.raw`\N`;

let shop: MysqlShop;

describe('MySQL as a warehouse', () => {
  beforeAll(async () => {
    shop = await startShop(100_000);
  });
  afterAll(() => shop?.server.stop());

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
      const { columns, lines } = await readAll(await shop.open(), segment, names);
      const found = columns.map(({ name, kind }, i) => [name, [kind, lines[0]![i]]]);
      expect(Object.fromEntries(found)).toEqual(expected);
    }
  });

  test('a column may have any name', async () => {
    const name = "it's a `name`";
    const query = `select 1 as \`${name.replaceAll('`', '``')}\``;
    expect((await readAll(await shop.open(), query, [name])).lines).toEqual([['1']]);
  });

  const rejection = (query: string, columns = ['id'], options?: Parameters<MysqlShop['open']>[0]) =>
    failureOf(shop.open(options).then((warehouse) => readAll(warehouse, query, columns)));

  test('the same value is the same text, and no row is missing, whatever the settings of the server are', async () => {
    const query = `select concat('a' || '1', fives, "b\\\\") as word, '東京' as city, 1 / 3 as third, instant, d from kinds,
      (select 0 as d union all select 1) two order by d`;
    const names = ['word', 'city', 'third', 'instant', 'd'];
    const { lines } = await readAll(await shop.open(), query, names);
    expect(lines).toHaveLength(2);
    const changed = {
      sql_mode: "'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH'",
      time_zone: "'+09:00'",
      sql_select_limit: '1',
      div_precision_increment: '9',
      init_connect: "'set names latin1'",
    };
    const set = (value: (name: string) => string) =>
      shop.server.admin(
        Object.keys(changed)
          .map((name) => `set global ${name} = ${value(name)}`)
          .join('; '),
      );
    await set((name) => changed[name as keyof typeof changed]);
    try {
      expect((await readAll(await shop.open(), query, names)).lines).toEqual(lines);
    } finally {
      await set(() => 'default');
    }
  });

  test('whether a query must name all columns in GROUP BY stays the choice of the server', async () => {
    const query = 'select i as id from numbers group by i div 100000';
    expect((await readAll(await shop.open(), query, ['id'])).lines).not.toEqual([]);
    await shop.server.admin("set global sql_mode = 'ONLY_FULL_GROUP_BY'");
    try {
      expect(await rejection(query)).toMatchObject({ told: { facts: { condition: 'notGrouped' } } });
    } finally {
      await shop.server.admin('set global sql_mode = default');
    }
  });

  test('guards and segment read one snapshot, whatever the isolation level of the server is', async () => {
    await shop.server.admin('create table moving (id int) engine = innodb; insert into moving values (1)');
    await shop.server.admin('set global transaction isolation level read committed');
    try {
      const warehouse = await shop.open();
      const { signal } = new AbortController();
      await warehouse.look({ query: 'select 1', setting: 'guards.freshness', signal });
      await shop.server.admin('delete from moving');
      expect((await readAll(warehouse, { table: 'moving' }, ['id'])).lines).toEqual([['1']]);
    } finally {
      await shop.server.admin('set global transaction isolation level repeatable read');
    }
  });

  test('a pause between two statements does not end the transaction, whatever the limits of the server are', async () => {
    if (!shop.isMariadb) return;
    const limits = ['idle_transaction_timeout', 'idle_readonly_transaction_timeout', 'wait_timeout'];
    const set = (value: string) =>
      shop.server.admin(limits.map((name) => `set global ${name} = ${value}`).join('; '));
    await set('1');
    try {
      const warehouse = await shop.open();
      const { signal } = new AbortController();
      await warehouse.look({ query: 'select 1', setting: 'guards.freshness', signal });
      await sleep(2_500);
      expect((await readAll(warehouse, 'select 1 as id', ['id'])).rows).toBe(1);
    } finally {
      await set('default');
    }
  });

  test.each([
    ['select i as id frm numbers', /a syntax error/],
    ['select nothing as id', /a column does not exist/],
    ['select nothing(1) as id', /a function or operator does not exist/],
    ['select 1 as id, 2 as id', /a column is duplicated/],
    ['select i as id from numbers a join numbers b', /a column name is ambiguous/],
    ['select (select i from numbers) as id', /more than one row/],
    ['select 9223372036854775807 + d as id from (select 1 as d) x', /out of range/],
    ['select user as id from mysql.user', /a permission is missing/],
    ['', /a syntax error/],
  ])('%j fails, and says why', async (query, message) => {
    const error = await rejection(query);
    expect(error).toMatchObject({ type: 'SegmentQueryFailed', retryable: false });
    expect(error.message).toMatch(message);
  });

  test('an error about a value does not show it', async () => {
    const error = await rejection("select 9223372036854775807 + length('secret') + i as id from numbers");
    expect(error).toMatchObject({ type: 'SegmentQueryFailed', cause: undefined });
    expect(error.message).not.toMatch(/secret|9223/);
  });

  test('a table that is not found is reported with a similar one', async () => {
    const warehouse = await shop.open();
    await expect(readAll(warehouse, { table: 'number' }, ['i'])).rejects.toMatchObject({
      type: 'SegmentQueryFailed',
      message: expect.stringMatching(/table number does not exist.*did you mean numbers\?/) as string,
    });
    await expect(readAll(await shop.open(), { table: 'other.numbers' }, ['i'])).rejects.toMatchObject({
      message: expect.stringMatching(/did you mean shop\.numbers\?/) as string,
    });
  });

  test.each(['drop table held', 'revoke select on shop.held from owner'])(
    'a view that is not valid after %j is reported as such',
    async (broken) => {
      await shop.server.admin(`
        drop user if exists owner; create user owner;
        drop table if exists held; create table held (id int); grant select on shop.held to owner;
        create or replace definer = owner view holding as select id from held;
        ${broken}`);
      const warehouse = await shop.open();
      await expect(readAll(warehouse, { table: 'holding' }, ['id'])).rejects.toThrow(
        /^The read of the segment's table holding failed: a view refers to .+ \(MySQL error 1356\)\./,
      );
    },
  );

  test('a guard reads one row, however many its query has', async () => {
    const warehouse = await shop.open();
    const query = 'select i from numbers order by i';
    const { signal } = new AbortController();
    expect(await warehouse.look({ query, setting: 'guards.freshness', signal })).toMatchObject({
      value: '1',
    });
    await warehouse.close();
  });

  test('a consumer that stops early ends the query, also while it sends nothing', async () => {
    const warehouse = await shop.open();
    const slow = "benchmark(1000000000000, sha2('x', 512))";
    const segment = { query: `select if(i = 2000, ${slow}, repeat('x', 1000)) as padding from numbers` };
    const { signal } = new AbortController();
    const read = await warehouse.read({ segment, columns: ['padding'], signal });
    for await (const batch of read.batches) {
      expect(batch.length).toBeGreaterThan(0);
      break;
    }
    const sessions = "select id from information_schema.processlist where user = 'reader'";
    await until('its session has ended', async () => (await shop.server.admin(sessions)).length === 0);
    await warehouse.close();
  });

  test('the clock is that of the server, in milliseconds', async () => {
    const now = async () =>
      Number((await shop.server.admin('select unix_timestamp(sysdate(6)) * 1000'))[0]![0]);
    const warehouse = await shop.open();
    const before = await now();
    const time = await warehouse.clock(new AbortController().signal);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(await now());
    await warehouse.close();
  });

  test('the owner of the server sees who reads', async () => {
    const { signal } = new AbortController();
    const warehouse = await shop.open();
    const request = {
      segment: { query: "select i as id, repeat('x', 500) as padding from numbers" },
      columns: ['id', 'padding'],
      signal,
    };
    for await (const batch of (await warehouse.read(request)).batches) {
      expect(batch.length).toBeGreaterThan(0);
      const [[, info]] = (await shop.busy()) as [[string, string]];
      expect(info).toMatch(/^select \/\* actito-sync vip run 7 \*\//);
      break;
    }
    await warehouse.close();
  });

  test.each([
    ['a wrong password', { password: 'hunter2' }, 'ConfigurationInvalid'],
    ['a user that does not exist', { username: 'hunter2' }, 'ConfigurationInvalid'],
    ['a database that does not exist', { pathname: '/hunter2' }, 'ConfigurationInvalid'],
    ['a port where nothing listens', { port: '1', password: 'hunter2' }, 'SourceUnavailable'],
  ])('%s is reported without the URL or the password', async (_, change, type) => {
    const url = Object.assign(new URL(shop.url), change).href;
    const error = await rejection('select 1 as id', ['id'], { url });
    expect(error).toMatchObject({ type, cause: undefined });
    expect(error.message).toContain('SHOP_DATABASE_URL');
    expect(error.message).not.toMatch(/hunter2|127\.0\.0\.1/);
  });
});
