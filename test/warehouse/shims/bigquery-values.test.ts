import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Calls } from './bigquery/calls.ts';
import { decimalText } from './bigquery/cells.ts';
import { startBigqueryShim, type BigqueryShim } from './bigquery/shim.ts';

const BIG = '-12345678901234567890123456789012345678.12345678901234567890123456789012345678';

describe("BigQuery's shim: values", () => {
  let shim: BigqueryShim;
  let calls: Calls;
  beforeAll(async () => {
    shim = await startBigqueryShim();
    calls = new Calls(shim);
  });
  afterAll(() => shim.close());

  // https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema
  test.each([
    ['9223372036854775807', 'INTEGER', '9223372036854775807'],
    ['1.0', 'FLOAT', '1.0'],
    ['1e20', 'FLOAT', '1.0E20'],
    [
      `numeric '12345678901234567890123456789.123456789'`,
      'NUMERIC',
      '12345678901234567890123456789.123456789',
    ],
    [`numeric '-1.50'`, 'NUMERIC', '-1.5'],
    [`bignumeric '${BIG}'`, 'BIGNUMERIC', BIG],
    ['true', 'BOOLEAN', 'true'],
    [`'😀\\n\\t\\\\N'`, 'STRING', '😀\n\t\\N'],
    [`code_points_to_string([97, 0, 98])`, 'STRING', 'a\0b'],
    [`b'ab'`, 'BYTES', 'YWI='],
    [`date '0001-01-01'`, 'DATE', '0001-01-01'],
    [`datetime '2020-01-02 03:04:05.000006'`, 'DATETIME', '2020-01-02T03:04:05.000006'],
    [`time '03:04:05'`, 'TIME', '03:04:05'],
    [`timestamp '2020-01-02 03:04:05.000006+00'`, 'TIMESTAMP', '1.577934245000006E9'],
    [`parse_json('{"a":1}')`, 'JSON', '{"a":1}'],
    ['st_geogpoint(1, 2)', 'GEOGRAPHY', 'POINT(1 2)'],
    ['cast(null as string)', 'STRING', null],
  ])('%s is a %s with the text %j', async (expression, type, text) => {
    const answer = await calls.results(`select ${expression} as value`);
    expect(answer.schema.fields).toEqual([{ name: 'value', type, mode: 'NULLABLE' }]);
    expect(answer.rows).toEqual([{ f: [{ v: text }] }]);
  });

  test('arrays and structs are nested', async () => {
    const answer = await calls.results(`select [1, 2] as list, struct(1 as a, 'x' as b) as record`);
    expect(answer.schema.fields).toMatchObject([
      { name: 'list', type: 'INTEGER', mode: 'REPEATED' },
      { name: 'record', type: 'RECORD', fields: [{ name: 'a' }, { name: 'b' }] },
    ]);
    expect(answer.rows![0]!.f).toEqual([
      { v: [{ v: '1' }, { v: '2' }] },
      { v: { f: [{ v: '1' }, { v: 'x' }] } },
    ]);
  });

  // https://cloud.google.com/bigquery/docs/reference/rest/v2/DataFormatOptions
  test.each([
    ['formatOptions.useInt64Timestamp=true', '1577934245000006'],
    ['formatOptions.timestampOutputFormat=INT64', '1577934245000006'],
    ['formatOptions.timestampOutputFormat=ISO8601_STRING', '2020-01-02T03:04:05.000006Z'],
  ])('with %s, a TIMESTAMP is %s', async (parameters, text) => {
    const query = `select timestamp '2020-01-02 03:04:05.000006+00' as value`;
    expect(await calls.row(query, parameters)).toEqual([text]);
  });

  // https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_functions#cast_as_string
  test.each([
    [`timestamp '2020-01-02 03:04:05+00'`, '2020-01-02 03:04:05+00'],
    [`timestamp '2020-01-02 03:04:05.1+02'`, '2020-01-02 01:04:05.100+00'],
    [`datetime '2020-01-02 03:04:05.000006'`, '2020-01-02 03:04:05.000006'],
    [`numeric '1.50'`, '1.5'],
    [`bignumeric '1.50'`, '1.5'],
    ['1.0', '1'],
    ['false', 'false'],
    ['date_add(date "2020-01-31", interval 1 day)', '2020-02-01'],
  ])('cast(%s as string) is %s', async (expression, text) => {
    expect(await calls.row(`select cast(${expression} as string) as value`)).toEqual([text]);
  });

  // https://github.com/GoogleCloudPlatform/professional-services-data-validator/pull/1186
  test('only %E4Y writes a year before 1000 with four digits', async () => {
    const query = `select format_date('%F', date '0001-01-02'), format_datetime('%E4Y-%m', datetime '0001-01-02 00:00:00'),
      format_timestamp('%Y-%m', timestamp '0987-01-01 00:00:00+00', 'UTC')`;
    expect(await calls.row(query)).toEqual(['1-01-02', '0001-01', '987-01']);
  });

  test('safe_cast gives null, format_timestamp prints microseconds', async () => {
    const query = `select safe_cast('x' as int64), format_timestamp('%F %T %E6S', timestamp '2020-01-02 03:04:05.1+00')`;
    expect(await calls.row(query)).toEqual([null, '2020-01-02 03:04:05 05.100000']);
  });

  test('a text of a million characters arrives whole', async () => {
    expect(await calls.row(`select repeat('x', 1000000) as value`)).toEqual(['x'.repeat(1_000_000)]);
  });

  test('any text in a literal arrives as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 20 }), async (text) => {
        const literal = `r"""${text.replaceAll(/["\\]/g, '')}"""`;
        const escaped = `"${[...text].map((c) => `\\U${c.codePointAt(0)!.toString(16).padStart(8, '0')}`).join('')}"`;
        const raw = text.replaceAll(/["\\]/g, '');
        expect(await calls.row(`select ${escaped} as a, ${literal} as b`)).toEqual([text, raw]);
      }),
      { numRuns: 40 },
    );
  });

  test('a decimal keeps its digits, without zeros at its end', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: 0, max: 38 }), (value, scale) => {
        const text = decimalText(value, scale);
        const [whole, fraction = ''] = text.split('.') as [string, string?];
        expect(text).not.toMatch(/\.\d*0$|\.$/);
        expect(BigInt(whole + fraction.padEnd(scale, '0'))).toBe(value);
      }),
    );
  });
});
