import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOT_TEXT } from '../../activation/values/text.ts';
import { unescapeCopy } from '../../activation/values/copy.ts';
import { LineWriter } from '../../warehouse/copy/lines.ts';
import { valueText } from '../../warehouse/copy/values.ts';
import { freshDatabase, type TestDatabase } from '../setup/servers.ts';

describe('texts of values are those of PostgreSQL', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await freshDatabase('values');
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query("set timezone = 'UTC'; set datestyle = 'ISO, MDY'");
  });
  afterAll(async () => {
    await client.end();
    await database.dispose();
  });

  /** How PostgreSQL writes these texts as values of a type. */
  async function written(texts: string[], type: string): Promise<string[]> {
    const { rows } = await client.query<{ value: string }>(
      `select value::${type}::text as value from unnest($1::text[]) with ordinality t (value, n) order by n`,
      [texts],
    );
    return rows.map(({ value }) => value);
  }

  test('floating-point numbers, however a database writes them', async () => {
    // PostgreSQL prints whole numbers between these with digits that the value does not need.
    const isOdd = (number: number) => Math.abs(number) > 2 ** 53 && Math.abs(number) < 1e23;
    const numbers = fc.sample(fc.double(), 2_000).filter((number) => !isOdd(number));
    const expected = await written(numbers.map(String), 'float8');
    for (const spell of [
      String,
      (x: number) => x.toExponential(),
      (x: number) => x.toExponential().toUpperCase(),
    ])
      expect(numbers.map((number) => valueText(spell(number), 'float'))).toEqual(expected);
    for (const text of [
      'NaN',
      'nan',
      'inf',
      '-inf',
      'Infinity',
      '-Infinity',
      '1.0E20',
      '3.0000000000000004E-1',
    ])
      expect([valueText(text, 'float')], text).toEqual(await written([text], 'float8'));
  });

  test('moments with any offset and precision', async () => {
    const texts = [
      '2026-01-31T10:20:30.123456Z',
      '2026-01-31 10:20:30.120000 UTC',
      '2026-01-31 10:20:30 UTC',
      '2026-01-31T10:20:30Z',
      '2026-01-31T10:20:30.000Z',
      '2026-01-31 10:20:30+02:00',
      '2026-03-01 00:30:00.5 +0130',
      '2025-12-31 23:59:59.999999-01',
      '1969-12-31T23:00:00-05:30',
      '0099-06-01 00:00:00+00:00',
    ];
    expect(texts.map((text) => valueText(text, 'timestamptz'))).toEqual(await written(texts, 'timestamptz'));
    const plain = ['2026-01-31T10:20:30.100', '2026-01-31 10:20', '2026-01-31', '2026-01-31 10:20:30.000000'];
    expect(plain.map((text) => valueText(text, 'timestamp'))).toEqual(await written(plain, 'timestamp'));
    expect(valueText('2026-01-31T00:00:00', 'date')).toBe('2026-01-31');
  });

  test('decimals get the decimals of their type; booleans are t or f', async () => {
    const texts = ['2.5', '-.5', '+7', '12345678901234567890', '0.12'];
    expect(texts.map((text) => valueText(text, 'decimal', 2))).toEqual(await written(texts, 'numeric(38,2)'));
    expect(valueText('2.500', 'decimal')).toBe('2.500');
    for (const text of ['true', 'TRUE', '1', 't']) expect(valueText(text, 'boolean')).toBe('t');
    for (const text of ['false', 'False', '0', 'f']) expect(valueText(text, 'boolean')).toBe('f');
  });

  test('a spelling that is unknown stays, so that it is rejected as what it is', () => {
    expect(valueText('maybe', 'boolean')).toBe('maybe');
    expect(valueText('', 'float')).toBe('');
    expect(valueText('0000-00-00 ??', 'timestamptz')).toBe('0000-00-00 ??');
    expect(valueText('12026-01-31 10:20:30+02:00', 'timestamptz')).toBe('12026-01-31 10:20:30+02:00');
  });

  test('a year beyond 9999 has no sign, so that it is rejected as out of range', () => {
    expect(valueText('+12026-01-31', 'date')).toBe('12026-01-31');
    expect(valueText('+12026-01-31 10:20:30.5', 'timestamp')).toBe('12026-01-31 10:20:30.5');
    expect(valueText('+12026-01-31 10:20:30.000 UTC', 'timestamptz')).toBe('12026-01-31 10:20:30+00');
  });
});

describe('lines of the COPY text format', () => {
  const value = fc.option(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\t', '\n', '\r', '\\', 'N', 'é', '🎈', 'a', '\b', '\u000b') }),
    ),
    { nil: null },
  );
  const fieldsOf = (line: string) => line.split('\t').map(unescapeCopy);

  test('every text comes back as it was, from strings and from bytes; lines are counted', () => {
    fc.assert(
      fc.property(fc.array(fc.array(value, { minLength: 1, maxLength: 5 }), { minLength: 1 }), (rows) => {
        const readable = rows.map((row) => row.map((text) => text?.replaceAll('\0', '') ?? null));
        for (const encode of [(text: string) => text, (text: string) => Buffer.from(text)]) {
          const writer = new LineWriter();
          for (const row of readable) {
            for (const text of row) writer.field(text === null ? null : encode(text));
            writer.endLine();
          }
          const lines = writer.take().toString().split('\n');
          expect(lines.pop()).toBe('');
          expect(lines.map(fieldsOf)).toEqual(
            readable.map((row) => row.map((text) => (text === null ? null : Buffer.from(text).toString()))),
          );
          expect(writer.lines).toBe(rows.length);
        }
      }),
    );
  });

  test('values with NUL or with bytes that are not UTF-8 are marked, and the others of the row are not', () => {
    const writer = new LineWriter();
    writer.field('a\0b');
    writer.field('fine');
    writer.field(Buffer.from([0x61, 0xff]));
    writer.field(Buffer.from('x\0'));
    writer.endLine();
    const [line] = writer.take().toString().split('\n');
    const fields = fieldsOf(line!);
    expect(fields[0]).toBe(`ab${NOT_TEXT}`);
    expect(fields[1]).toBe('fine');
    expect(fields[2]).toMatch(new RegExp(`^a.*${NOT_TEXT}$`));
    expect(fields[3]).toBe(`x${NOT_TEXT}`);
  });

  test('a value of many megabytes is one field', () => {
    const writer = new LineWriter();
    const text = 'é\t'.repeat(3_000_000);
    writer.field(text);
    writer.endLine();
    expect(writer.isFull).toBe(true);
    expect(unescapeCopy(writer.take().toString().slice(0, -1))).toBe(text);
    expect(writer.isFull).toBe(false);
  });
});
