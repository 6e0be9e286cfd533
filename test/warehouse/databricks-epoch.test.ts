import fc from 'fast-check';
import { expect, test } from 'vitest';
import { valueText } from '../../warehouse/copy/values.ts';
import { microseconds } from '../../warehouse/databricks/epoch.ts';

function converted(text: string): string {
  const bytes = Buffer.alloc(100, 'ß');
  const end = microseconds(bytes, 5, 5 + bytes.write(text, 5));
  return bytes.toString('utf8', 5, end);
}

const day = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59Z'),
  noInvalidDate: true,
});

test('microseconds since 1970 are the moment that the calendar has for them, in all years', () => {
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 999_999 }), (date, micros) => {
      const seconds = Math.floor(date.getTime() / 1_000);
      const iso = new Date(seconds * 1_000).toISOString().slice(0, 19);
      const text = String(BigInt(seconds) * 1_000_000n + BigInt(micros));
      expect(converted(text)).toBe(valueText(`${iso}.${String(micros).padStart(6, '0')}Z`, 'timestamptz'));
    }),
    {
      examples: [
        [new Date('9999-12-31T23:59:59Z'), 999_999],
        [new Date('1969-12-31T23:59:59Z'), 999_999],
        [new Date('1970-01-01T00:00:00Z'), 0],
        [new Date('1970-01-01T00:00:00Z'), 1],
        [new Date('1969-12-31T00:00:00Z'), 0],
      ],
    },
  );
});

test.each([
  ['253402214400000000', '9999-12-31 00:00:00+00'],
  ['-62135596800000000', '0001-01-01 00:00:00+00'],
  ['-14826715199999999', '1500-02-28 12:00:00.000001+00'],
  ['-12220200000000000', '1582-10-04 12:00:00+00'],
  ['317339337600000000', '12026-01-31 00:00:00+00'],
])('%s microseconds since 1970 are the moment %s', (micros, text) => {
  expect(converted(micros)).toBe(text);
});

test.each(['', '-', '1.5', 'x', '1e3', '-62135596800000001', '9223372036854775807'])(
  '%j stays as it is, and is rejected like another unusable value',
  (text) => {
    expect(converted(text)).toBe(text);
  },
);
