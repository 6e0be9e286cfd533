import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureOf } from '../support/failure-of.ts';
import { readAll } from '../warehouse/reading.ts';
import { startShop, type MysqlShop } from './setup/mysql-shop.ts';

let shop: MysqlShop;
beforeAll(async () => {
  shop = await startShop(100_000);
});
afterAll(() => shop?.server.stop());

const read = async (query: string, columns = ['id']) =>
  (await readAll(await shop.open(), query, columns)).lines;
const rejection = (query: string) => failureOf(read(query));

describe('MySQL: a result that a limit has changed is not sent', () => {
  test.each([
    ['a text that was cut', "select group_concat(repeat('secret', 1000)) as id from numbers", 1260, 'limit'],
    ['a text that is too long', "select repeat('secret', 80000000) as id", 1301, 'limit'],
    ['a decimal that is too large', 'select cast(12345 as decimal(3, 1)) as id', 1264, 'range'],
    ['a number that is too large', 'select cast(1e30 as signed) as id', 1916, 'range'],
    ['rows that were left out', 'select i as id from numbers limit rows examined 1000', 1931, 'limit'],
    [
      'the last of many warnings',
      "select if(i = 60000, cast(i as decimal(3, 1)), concat('x', i) + 0) as id from numbers where i <= 60000",
      1264,
      'range',
    ],
  ])('%s', async (name, query, number, condition) => {
    if (!shop.isMariadb && name !== 'a text that is too long' && name !== 'a decimal that is too large')
      return;
    const error = await rejection(query);
    expect(error).toMatchObject({
      type: 'SegmentQueryFailed',
      retryable: false,
      told: { reason: 'queryRefused', facts: { condition, code: `MySQL error ${number}` } },
    });
    expect(error.message).not.toMatch(/secret|12345/);
  });

  test('the limit of examined rows is found behind more warnings than the server keeps', async () => {
    if (!shop.isMariadb) return;
    const warning = "concat('x', i) + 0 as id, concat('x', i) + 1 as other";
    const facts = { code: 'MySQL error 1931' };
    const hidden = `select ${warning} from numbers limit rows examined 80000`;
    expect(await rejection(hidden)).toMatchObject({ told: { facts } });
    expect(await read(`select ${warning} from numbers limit 80000`)).toHaveLength(80_000);
    await shop.server.admin('set global max_error_count = 0');
    try {
      const limited = 'select i as id from numbers limit rows examined 1000';
      expect(await rejection(limited)).toMatchObject({ told: { facts } });
    } finally {
      await shop.server.admin('set global max_error_count = default');
    }
  });

  test('a guard is not judged by such a value, and its setting is named', async () => {
    const warehouse = await shop.open();
    const { signal } = new AbortController();
    const ask = (query: string) => warehouse.look({ query, setting: 'guards.freshness', signal });
    expect(await ask("select '12 kg' + 0")).toMatchObject({ value: '12' });
    await expect(ask('select cast(12345 as decimal(3, 1))')).rejects.toMatchObject({
      message:
        'The query in guards.freshness failed: a number is out of range for its type (MySQL error 1264).',
    });
    await warehouse.close();
  });
});

describe('MySQL: what its SQL means is read, with whatever warnings', () => {
  test('a text as a number, a division by zero, and a text that is no date', async () => {
    const query = "select '12 kg' + 0 as a, 'x' + 0 as b, 1 / 0 as c, str_to_date('x', '%Y') as d";
    expect(await read(query, ['a', 'b', 'c', 'd'])).toEqual([['12', '0', String.raw`\N`, String.raw`\N`]]);
  });

  test('a list of millions of characters is whole', async () => {
    const query =
      "select length(group_concat(repeat('x', 100))) as id from numbers where i <= 100000 group by i = 0";
    expect(await read(query)).toEqual([['10099999']]);
  });

  test('a recursion is whole, or fails', async () => {
    const query =
      'with recursive t as (select 1 as id union all select id + 1 from t where id < 2000) select id from t';
    if (shop.isMariadb) expect(await read(query)).toHaveLength(2_000);
    else expect((await rejection(query)).message).toMatch(/limit of the server .*3636/);
  });
});
