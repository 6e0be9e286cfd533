import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CopyText } from '../../warehouse/clickhouse/copy-text.ts';
import { ServerError } from '../../warehouse/clickhouse/failures.ts';
import { columnOf } from '../../warehouse/clickhouse/kinds.ts';
import { linesOf } from '../../warehouse/clickhouse/rows.ts';
import { settingsOf } from '../../warehouse/clickhouse/settings.ts';
import { describeStatement, readStatement } from '../../warehouse/clickhouse/statements.ts';
import { LineWriter } from '../../warehouse/copy/lines.ts';
import { READER } from './reading.ts';
import { escaped } from './shims/clickhouse/formats.ts';

describe('types of ClickHouse', () => {
  test.each([
    ['UInt8', 'integer'],
    ['Nullable(Int256)', 'integer'],
    ['Decimal(38, 18)', 'decimal'],
    ['Float32', 'float'],
    ['Bool', 'boolean'],
    ['Date32', 'date'],
    ['DateTime', 'timestamptz'],
    ["DateTime('Asia/Tokyo')", 'timestamptz'],
    ["Nullable(DateTime64(6, 'Europe/Brussels'))", 'timestamptz'],
    ['LowCardinality(Nullable(String))', 'text'],
    ["Enum8('a' = 1, 'b)' = 2)", 'text'],
    ['UUID', 'text'],
    ['IPv6', 'text'],
    ['Nullable(Nothing)', 'text'],
    ['SimpleAggregateFunction(sum, Decimal(38, 18))', 'decimal'],
    ['SimpleAggregateFunction(any, Nullable(String))', 'text'],
    ['AggregateFunction(sum, UInt64)', 'unsupported'],
    ['Array(String)', 'unsupported'],
    ['Map(String, UInt8)', 'unsupported'],
    ['Tuple(UInt8, String)', 'unsupported'],
    ['JSON', 'unsupported'],
    ['Time', 'unsupported'],
    ['IntervalDay', 'unsupported'],
    ['Variant(String, UInt8)', 'unsupported'],
  ])('%s is of the kind %s', (type, kind) => {
    expect(columnOf('value', type)).toMatchObject({ kind, databaseType: type, isPadded: false });
  });

  test('a FixedString is a padded text', () => {
    expect(columnOf('value', 'Nullable(FixedString(4))')).toMatchObject({
      kind: 'text',
      isPadded: true,
    });
  });
});

test.each([
  "select 1; -- don't",
  "select 1; // don't",
  "select 1; # don't",
  "select 1; #! don't",
  'select 1; /* a /* b */ ; */',
  'select 1 as `-- `;',
  'select 1 as "-- ";',
  'select $$-- $$;',
])('the semicolon before the last comment is removed: %s', (query) => {
  const { text } = describeStatement({ query });
  expect(text).toBe(`select * from (${query.replace(';', ' ')}\n) segment limit 0`);
});

const ofType = (type: string) => columnOf('value', type);

const special = fc.string({
  unit: fc.constantFrom('\t', '\n', '\r', '\\', '\b', '\f', '\v', '\0', "'", 'N', '0', 'é'),
});
const texts = fc.oneof(fc.string({ unit: 'binary' }), special, fc.constant(null));

test('lines of ClickHouse become the lines that another database gives for the same texts', () => {
  fc.assert(
    fc.property(fc.array(fc.array(texts, { minLength: 3, maxLength: 3 })), fc.boolean(), (rows, isSlow) => {
      const writer = new LineWriter();
      for (const row of rows) {
        for (const text of row) writer.field(text);
        if (isSlow) writer.field('NaN');
        writer.endLine();
      }
      const fields = (row: (string | null)[]) => row.map((text) => (text === null ? '\\N' : escaped(text)));
      const lines = rows.map((row) => `${[...fields(row), ...(isSlow ? ['nan'] : [])].join('\t')}\n`);
      const columns = [...Array<string>(3).fill('String'), ...(isSlow ? ['Float64'] : [])].map(ofType);
      const converted = new CopyText(columns).convert(Buffer.from(lines.join('')));
      expect(converted.toString()).toBe(writer.take().toString());
    }),
  );
});

test('a part in which every value becomes longer has room for all of them', () => {
  const lines = Buffer.from('inf\t-inf\n'.repeat(1_000));
  const converted = new CopyText(['Float64', 'Nullable(Float32)'].map(ofType)).convert(lines);
  expect(converted.toString()).toBe('Infinity\t-Infinity\n'.repeat(1_000));
});

test('bytes that are not UTF-8 are marked in their value alone', () => {
  const bytes = Buffer.concat([Buffer.from('a\tb'), Buffer.from([0xff]), Buffer.from('\n')]);
  for (const type of ['String', 'Float64']) {
    const columns = [type, 'String'].map(ofType);
    expect(new CopyText(columns).convert(bytes).toString()).toMatch(/^a\tb.*\uffff\n$/);
  }
});

test.each([
  [String.raw`ab\0\0\0`, 'ab'],
  [String.raw`\0\0\0\0\0`, ''],
  ['abcde', 'abcde'],
  [String.raw`\N`, String.raw`\N`],
  [String.raw`a\0b\0\0`, 'ab\uffff'],
  [String.raw`\0abcd`, 'abcd\uffff'],
  [String.raw`ab\\\\0`, String.raw`ab\\\\0`],
  [String.raw`a\\\0\0\0`, String.raw`a\\`],
])('the FixedString %s is the value %j: only NULs at its end are padding', (field, text) => {
  const columns = ['FixedString(5)', 'String', 'FixedString(5)'].map(ofType);
  const lines = Buffer.from(`${field}\tx\\0\t${field}\n`);
  expect(new CopyText(columns).convert(lines).toString()).toBe(`${text}\tx\uffff\t${text}\n`);
});

describe('the body of an answer', () => {
  const TAG = 'abcdefghijklmnop';

  async function* pieces(body: Buffer, sizes: number[], breaks: boolean): AsyncGenerator<Buffer> {
    for (let at = 0, i = 0; at < body.length; i++) {
      const size = sizes[i % sizes.length]!;
      yield body.subarray(at, at + size);
      at += size;
    }
    if (breaks) throw new Error('other side closed');
  }

  async function readAll(body: Buffer, sizes: number[], breaks = false) {
    const lines = linesOf(pieces(body, sizes, breaks), TAG);
    let text = '';
    let item = await lines.next();
    for (; !item.done; item = await lines.next()) {
      expect(item.value.at(-1)).toBe(10);
      text += item.value.toString();
    }
    return { text, count: item.value };
  }

  const long = 'y'.repeat(900_000);
  const line = fc.oneof(fc.string({ unit: fc.constantFrom('a', '\\\\', 'é') }), fc.constant(long));
  const sizes = fc.array(fc.integer({ min: 1_000, max: 300_000 }), { minLength: 1, maxLength: 5 });

  test('in any pieces, all lines come in order, and the count is that of the last line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), sizes, async (lines, pieceSizes) => {
        const rows = lines.map((text) => `${text}\n`).join('');
        const body = Buffer.from(`${rows}\\.${lines.length}\n`);
        expect(await readAll(body, pieceSizes)).toEqual({ text: rows, count: lines.length });
      }),
      { numRuns: 30 },
    );
  });

  test('a body that is cut anywhere is never complete', async () => {
    const body = Buffer.from('1\ta\n2\t\\\\.7\n\\.2\n');
    for (let end = 0; end < body.length; end++)
      for (const breaks of [true, false])
        await expect(readAll(body.subarray(0, end), [3], breaks), `${end} bytes`).rejects.toThrow(
          breaks ? 'other side closed' : 'did not complete',
        );
  });

  test.each([
    ['2\n', { type: 'SourceUnavailable' }],
    ['Code: 395. DB::Exception: no\n', { code: 395 }],
  ])('a body that goes on after its count is not complete: %j', async (more, error) => {
    await expect(readAll(Buffer.from(`1\n\\.1\n${more}`), [7])).rejects.toMatchObject(error);
  });

  test('the error of a block is its first one, not the one that caused it', async () => {
    const message =
      'Code: 279. DB::Exception: All connection tries failed. Log: Code: 60. DB::Exception: no.';
    const block = `\r\n__exception__\r\n${TAG}\r\n${message}\n${message.length} ${TAG}\r\n__exception__\r\n`;
    await expect(readAll(Buffer.from(`1\n${block}`), [7])).rejects.toMatchObject({ code: 279 });
  });

  test('an error in plain text is the last one, and not what a value before it says', async () => {
    const body = Buffer.from(
      'Code: 60. DB::Exception: no\nCode: 395. DB::Exception: Zoë. (FUNCTION_THROW)\n',
    );
    const error = (await readAll(body, [7]).catch((reason: Error) => reason)) as ServerError;
    expect([error.code, error.words]).toEqual([395, 'Code: 395. DB::Exception: Zoë. (FUNCTION_THROW)\n']);
  });

  test('the longest block of an error, 16 KiB, is no row, also after many rows', async () => {
    const message = `Code: 395. DB::Exception: ${'secret\n'.repeat(2_330)}`;
    const block = `\r\n__exception__\r\n${TAG}\r\n${message}\n${message.length} ${TAG}\r\n__exception__\r\n`;
    const rows = 'row\n'.repeat(200_000);
    const lines = linesOf(pieces(Buffer.from(rows + block), [10_000], false), TAG);
    let text = '';
    const consume = async () => {
      for await (const part of lines) text += part.toString();
    };
    await expect(consume()).rejects.toMatchObject({ code: 395 });
    expect([text.length > 256 * 1024, rows.startsWith(text)]).toEqual([true, true]);
  });

  test.each([true, false])('an error after the rows is thrown with its number', async (breaks) => {
    const message = 'Code: 395. DB::Exception: no. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO)';
    for (const end of [
      `\r\n__exception__\r\n${TAG}\r\n${message}\n${message.length} ${TAG}\r\n__exception__\r\n`,
      `${message}\n`,
    ])
      await expect(readAll(Buffer.from(`1\n2\n${end}`), [7], breaks)).rejects.toMatchObject({ code: 395 });
    expect(ServerError.from('1\n')).toBeUndefined();
  });
});

test('neither the URL nor the profile of a user decides about these settings', () => {
  const limits = ['read', 'result', 'timeout', 'sort', 'group_by', 'set', 'join', 'transfer', 'distinct'];
  const expected = {
    ...Object.fromEntries(limits.map((name) => [`${name}_overflow_mode`, 'throw'])),
    read_overflow_mode_leaf: 'throw',
    timeout_overflow_mode_leaf: 'throw',
    readonly: '2',
    session_timezone: 'UTC',
    date_time_output_format: 'iso',
    bool_true_representation: 't',
    bool_false_representation: 'f',
    output_format_decimal_trailing_zeros: '1',
    format_tsv_null_representation: String.raw`\N`,
    output_format_tsv_crlf_end_of_line: '0',
    extremes: '0',
    limit: '0',
    offset: '0',
    http_write_exception_in_output_format: '0',
    send_progress_in_http_headers: '0',
    enable_http_compression: '0',
    cancel_http_readonly_queries_on_client_close: '1',
    skip_unavailable_shards: '0',
    max_execution_time: '90.5',
    http_send_timeout: '91',
    log_comment: 'actito-sync vip run 7',
  };
  const own = new Map([...Object.keys(expected), 'max_threads'].map((name) => [name, 'other']));
  expect(settingsOf({ own, reader: READER, statementTimeout: 90_500 })).toEqual({
    ...expected,
    max_threads: 'other',
  });
});

test('names are quoted, with backslashes and quotation marks', () => {
  const column = columnOf(String.raw`a"b\c`, 'String');
  expect(readStatement({ table: 'shop.pe"ople' }, [column, column]).text).toBe(
    String.raw`select "a""b\\c" from "shop"."pe""ople" segment`,
  );
});
