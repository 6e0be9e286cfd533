import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Shim } from '../server.ts';
import { answer, LOGIN } from './client.ts';
import { startSnowflakeShim } from './shim.ts';

let shim: Shim;
beforeAll(async () => {
  shim = await startSnowflakeShim({ login: LOGIN });
});
afterAll(() => shim.close());

const UTC = { TIMEZONE: 'UTC' };

// Source: docs.snowflake.com/en/developer-guide/sql-api/handling-responses, "Getting the data from the results".
describe('values are texts in the documented encodings', () => {
  test.each([
    ['1::number(38,0)', 'fixed', '1'],
    ["'1.5'::number(38,18)", 'fixed', '1.500000000000000000'],
    ['9223372036854775807', 'fixed', '9223372036854775807'],
    ['1.5::float', 'real', '1.5'],
    ['2 > 1', 'boolean', 'true'],
    ["'2020-01-01'::date", 'date', '18262'], // the documentation's example
    ["'1969-12-31'::date", 'date', '-1'],
    ["'23:01:59'::time", 'time', '82919.000000000'], // the documentation's example
    ["'2024-01-01 01:02:03.123456'::timestamp_ntz", 'timestamp_ntz', '1704070923.123456000'],
    ["'1969-12-31 23:59:58.5'::timestamp_ntz", 'timestamp_ntz', '-1.500000000'],
    ["to_binary('abcd', 'HEX')", 'binary', 'ABCD'],
    ["'a\\tb\\\\c\\'d''e'", 'text', "a\tb\\c'd'e"],
    ["'\\0' || '🎈'", 'text', '\0🎈'],
    ['null', 'text', null],
  ])('%s is %s: %s', async (expression, type, text) => {
    const { data, resultSetMetaData } = await answer(shim.url, `select ${expression} as v`, {
      parameters: UTC,
    });
    expect(data).toEqual([[text]]);
    if (text !== null) expect(resultSetMetaData.rowType[0]!.type).toBe(type);
  });

  test('TIMESTAMP_TZ has its offset in minutes plus 1440', async () => {
    const statement = "select '2021-03-19 18:06:59+01:00'::timestamp_tz as v";
    const parameters = { TIMEZONE: 'Europe/Paris' };
    // The documentation's example of +0100 is 1500.
    expect((await answer(shim.url, statement, { parameters })).data).toEqual([['1616173619.000000000 1500']]);
  });

  test('numbers have scale and precision', async () => {
    const { resultSetMetaData } = await answer(shim.url, "select '1'::number(12,2) as v");
    expect(resultSetMetaData.rowType[0]).toMatchObject({ name: 'V', type: 'fixed', scale: 2, precision: 12 });
  });
});

// Source: the same page, "Formatting the output of query results".
describe('parameters change the formats', () => {
  test.each([
    ["'2019-03-27'::date", { DATE_OUTPUT_FORMAT: 'MM/DD/YYYY' }, '03/27/2019'], // the documentation's example
    ["'2019-03-27'::date", { date_output_format: 'AUTO' }, '2019-03-27'],
    [
      "'2024-01-01 01:02:03.123456'::timestamp_ntz",
      { TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD"T"HH24:MI:SS.FF6' },
      '2024-01-01T01:02:03.123456',
    ],
    [
      "'2024-01-01 01:02:03.5'::timestamp_ntz",
      { TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF9' },
      '2024-01-01 01:02:03.500000000',
    ],
    [
      "'2024-07-01 00:00:00+00:00'::timestamp_tz",
      { TIMESTAMP_TZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS TZH:TZM', TIMEZONE: 'Europe/Paris' },
      '2024-07-01 02:00:00 +02:00',
    ],
    ["to_binary('abcd', 'HEX')", { BINARY_OUTPUT_FORMAT: 'BASE64' }, 'q80='],
    ['null::date', { DATE_OUTPUT_FORMAT: 'YYYY' }, null],
  ])('%s with %j is %s', async (expression, parameters, text) => {
    expect((await answer(shim.url, `select ${expression} as v`, { parameters })).data).toEqual([[text]]);
  });

  test('nullable=false sends NULL as the text null', async () => {
    expect((await answer(shim.url, 'select null as v', {}, '?nullable=false')).data).toEqual([['null']]);
  });

  test('ROWS_PER_RESULTSET limits the rows', async () => {
    const statement = 'select seq4() as id from table(generator(rowcount => 9))';
    const { data, resultSetMetaData } = await answer(shim.url, statement, {
      parameters: { rows_per_resultset: 4 },
    });
    expect([data.length, resultSetMetaData.numRows]).toEqual([4, 4]);
  });
});

// Source: docs.snowflake.com/en/sql-reference/identifiers-syntax.
describe('names', () => {
  test('unquoted ones become upper case, quoted ones keep their case', async () => {
    const { resultSetMetaData } = await answer(shim.url, 'select 1 as id, 2 as "id", 3 as "Id é"');
    expect(resultSetMetaData.rowType.map(({ name }) => name)).toEqual(['ID', 'id', 'Id é']);
  });

  test('a quoted name in lower case does not find one in upper case', async () => {
    const { message } = await answer(shim.url, 'select "id" from (select 1 as id)');
    expect(message).toBe('SQL compilation error: error line 1 at position 7\ninvalid identifier \'"id"\'');
    expect((await answer(shim.url, 'select "ID" from (select 1 as id)')).data).toEqual([['1']]);
  });

  test('comments, a last semicolon and a WITH work', async () => {
    const statement = "with a as (select 1 as id) // ;\nselect /* ; */ id, ';--' as t from a ; -- end";
    expect((await answer(shim.url, statement)).data).toEqual([['1', ';--']]);
  });
});
