import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ColumnKind } from '../../activation/values/kinds.ts';
import { CopyText } from '../../warehouse/clickhouse/copy-text.ts';
import { ServerError } from '../../warehouse/clickhouse/failures.ts';
import { describeColumn } from '../../warehouse/clickhouse/kinds.ts';
import { linesOf } from '../../warehouse/clickhouse/rows.ts';
import { LineWriter } from '../../warehouse/sql/lines.ts';
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
    ['SimpleAggregateFunction(sum, UInt64)', 'integer'],
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
    expect(describeColumn('value', type)).toMatchObject({ kind, databaseType: type, isPadded: false });
  });

  test('the NULs at the end of a FixedString are no part of its value', () => {
    expect(describeColumn('value', 'Nullable(FixedString(4))')).toMatchObject({
      kind: 'text',
      isPadded: true,
    });
  });
});

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
      const kinds: ColumnKind[] = ['text', 'text', 'text', ...(isSlow ? ['float' as const] : [])];
      const converted = new CopyText(kinds).convert(Buffer.from(lines.join('')));
      expect(converted.toString()).toBe(writer.take().toString());
    }),
  );
});

test('bytes that are not UTF-8 are marked in their value alone', () => {
  const bytes = Buffer.concat([Buffer.from('a\tb'), Buffer.from([0xff]), Buffer.from('\n')]);
  expect(new CopyText(['text', 'text']).convert(bytes).toString()).toMatch(/^a\tb.*\uffff\n$/);
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
        await expect(readAll(body.subarray(0, end), [3], breaks), `${end} bytes`).rejects.toThrow();
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
