import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unescapeCopy } from '../../../activation/values/copy.ts';
import { NOT_TEXT } from '../../../activation/values/text.ts';
import { RowLines, singleText, type Encoding } from '../../../warehouse/mysql/rows.ts';
import { LineWriter } from '../../../warehouse/copy/lines.ts';
import { valueText } from '../../../warehouse/copy/values.ts';

/** A row of the text protocol: each value with its length before it. */
function packetOf(values: (string | null)[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      if (value === null) return Buffer.from([0xfb]);
      const bytes = Buffer.from(value);
      return Buffer.concat([lengthOf(bytes.length), bytes]);
    }),
  );
}

function lengthOf(bytes: number): Buffer {
  if (bytes < 251) return Buffer.from([bytes]);
  const length = Buffer.alloc(bytes < 2 ** 16 ? 3 : 4);
  length[0] = bytes < 2 ** 16 ? 0xfc : 0xfd;
  length.writeUIntLE(bytes, 1, length.length - 1);
  return length;
}

function encoded(encodings: Encoding[], rows: (string | null)[][]): string {
  const lines = new RowLines(encodings);
  for (const row of rows) {
    const bytes = packetOf(row);
    const around = Buffer.concat([Buffer.from('before'), bytes, Buffer.from('after')]);
    lines.add(around, 6, 6 + bytes.length);
  }
  return lines.take().toString();
}

const encodedOne = (encoding: Encoding, value: string) => encoded([encoding], [[value]]).slice(0, -1);

describe('lines of row packets', () => {
  const value = fc.option(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom('\t', '\n', '\r', '\\', '\0', 'é', '🎈', 'a', '\b'),
        maxLength: 70_000,
      }),
    ),
    { nil: null },
  );

  test('they are those of the shared writer of lines, whatever the texts are', () => {
    const rowsOf = fc
      .integer({ min: 1, max: 5 })
      .chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 1 }));
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const writer = new LineWriter();
        for (const row of rows) {
          for (const text of row) writer.field(text === null ? null : Buffer.from(text));
          writer.endLine();
        }
        const encodings = rows[0]!.map((): Encoding => 'bytes');
        expect(encoded(encodings, rows)).toBe(writer.take().toString());
      }),
      { numRuns: 60 },
    );
  });

  test('a text of 17 million bytes is one field', () => {
    const lines = new RowLines(['bytes', 'bytes']);
    const text = Buffer.alloc(17_000_000, 'é\t');
    const length = Buffer.alloc(9, 0xfe);
    length.writeBigUInt64LE(BigInt(text.length), 1);
    const packet = Buffer.concat([length, text, packetOf(['next'])]);
    lines.add(packet, 0, packet.length);
    const [first, next] = lines.take().toString().slice(0, -1).split('\t');
    expect(unescapeCopy(first!) === text.toString()).toBe(true);
    expect(next).toBe('next');
  });

  test('a text with NUL is marked, and the other fields of the row are not', () => {
    expect(encoded(['bytes', 'bytes'], [['a\0b', 'fine']])).toBe(`ab${NOT_TEXT}\tfine\n`);
  });

  test('moments are what valueText makes of them', () => {
    const moment = fc
      .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .chain((date) =>
        fc.integer({ min: 0, max: 6 }).map((digits) => {
          const [day, time] = date.toISOString().split(/[TZ]/) as [string, string];
          return `${day} ${`${time}000`.slice(0, digits === 0 ? 8 : 9 + digits)}`;
        }),
      );
    fc.assert(
      fc.property(moment, (text) => {
        expect(encodedOne('datetime', text)).toBe(valueText(text, 'timestamp'));
        expect(encodedOne('timestamp', text)).toBe(valueText(text, 'timestamptz'));
        expect(encodedOne('date', text.slice(0, 10))).toBe(text.slice(0, 10));
      }),
    );
  });

  test('a zero date is null; a date that is only partly zero stays, and is rejected as what it is', () => {
    expect(encodedOne('date', '0000-00-00')).toBe('\\N');
    expect(encodedOne('datetime', '0000-00-00 00:00:00.000')).toBe('\\N');
    expect(encodedOne('timestamp', '0000-00-00 00:00:00')).toBe('\\N');
    expect(encodedOne('date', '2026-00-00')).toBe('2026-00-00');
    expect(encodedOne('datetime', '0000-00-01 00:00:00')).toBe('0000-00-01 00:00:00');
  });

  test('1 and 0 are booleans; another number of a TINYINT(1) stays', () => {
    expect(['1', '0', '2', '-1', '10'].map((text) => encodedOne('boolean', text))).toEqual([
      't',
      'f',
      '2',
      '-1',
      '10',
    ]);
  });

  test('numbers in single precision have the shortest text that means the same number', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = singleText(Object.is(number, -0) ? '-0' : String(number));
        expect(Math.fround(Number(text))).toBe(number);
        const digits = Number(text)
          .toExponential()
          .replace(/e.*|\D/g, '');
        expect(digits.length).toBeLessThanOrEqual(9);
      }),
      { examples: [[-0], [0]] },
    );
    expect(['0.10000000149011612', '16777216', '0.5'].map((text) => encodedOne('single', text))).toEqual([
      '0.1',
      '16777216',
      '0.5',
    ]);
    expect(encodedOne('float', '1e20')).toBe('1e+20');
  });
});
