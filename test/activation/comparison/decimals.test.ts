import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column } from '../../../activation/values/kinds.ts';
import { significantEnd } from '../../../activation/values/scale.ts';
import { compare, definitionFor, OWN_IDENTIFIER, type Row } from './support.ts';

/* Decimal columns: as keys, and as values with different numbers of trailing zeros. */

const TEXT: Column = { name: 'c', kind: 'text', databaseType: 'text' };
const DECIMAL: Column = { name: 'c', kind: 'decimal', databaseType: 'numeric' };
const CENTS: Column = { name: 'c', kind: 'decimal', databaseType: 'numeric(12,2)' };

const row = (key: string, ...values: (string | null)[]): Row => ({ key, values });
const compareAs = (columns: Column[], rows: Row[], slots?: number) => {
  const definition = definitionFor();
  return compare(definition, rows, { sourceColumns: columns, columns: columns.slice(1), slots });
};

describe('a decimal key', () => {
  test('is its integer, and a key with a fraction is rejected', async () => {
    const { delta, rejects } = await compareAs(
      [CENTS, TEXT, TEXT, TEXT],
      [row('1001.00', 'a', 'b', 'c'), row('7.00', 'a', 'b', 'c'), row('7.50', 'a', 'b', 'c')],
    );
    expect(delta.map(({ key }) => key)).toEqual(['1001', '7']);
    expect(rejects).toEqual([{ key: '7.50', reason: 'KeyNotWhole' }]);
  });

  test('that is the list identifier is read in the same way', async () => {
    const { delta, rejects } = await compare(
      definitionFor(OWN_IDENTIFIER),
      [
        { key: 'K1', identifier: '12.00', values: ['a', 'b', 'c'] },
        { key: 'K2', identifier: '12.50', values: ['a', 'b', 'c'] },
      ],
      { sourceColumns: [TEXT, CENTS, TEXT, TEXT, TEXT] },
    );
    expect(delta.map(({ key, identifier }) => [key, identifier])).toEqual([['K1', '12']]);
    expect(rejects).toEqual([{ key: 'K2', reason: 'IdentifierKeyNotWhole' }]);
  });
});

describe('a decimal value', () => {
  // 4,096 slots hold all, 16 leave most rows to the temporary files.
  test.each([4_096, 16])(
    'is the same as 1.0 and as 1.00: duplicates do not contradict each other (%i slots)',
    async (slots) => {
      const keys = Array.from({ length: 40 }, (_, no) => `K${no}`);
      const rows = ['1.0', '1.00', '1'].flatMap((one) => keys.map((key) => row(key, 'a', one, '20.50')));
      const { counts, delta } = await compareAs([TEXT, TEXT, DECIMAL, DECIMAL], rows, slots);
      expect(counts).toMatchObject({ duplicates: 80, ambiguous: 0 });
      expect(delta.filter(({ attributes }) => attributes === 'fresh')).toHaveLength(40);
    },
  );

  test('goes to Actito as the source wrote it', async () => {
    const { delta } = await compareAs([TEXT, TEXT, DECIMAL, DECIMAL], [row('K', 'a', '12.50', '100')]);
    expect(delta[0]!.values).toEqual(['a', '12.50', '100']);
  });

  test.each([
    ['1.0', '1.01'],
    ['10', '1'],
    ['100', '10'],
    ['0.10', '0.01'],
  ])('is a different value if %s and %s differ', async (one, other) => {
    const rows = [row('K', 'a', one, 'c'), row('K', 'a', other, 'c')];
    expect((await compareAs([TEXT, TEXT, DECIMAL, TEXT], rows)).counts).toMatchObject({ ambiguous: 1 });
  });

  test('in a text column is a text: 1.0 and 1.00 contradict each other', async () => {
    const rows = [row('K', 'a', '1.0', 'c'), row('K', 'a', '1.00', 'c')];
    expect((await compareAs([TEXT, TEXT, TEXT, TEXT], rows)).counts).toMatchObject({ ambiguous: 1 });
  });

  test('has the same mark in either spelling, and so is not sent again', async () => {
    const columns = [TEXT, TEXT, DECIMAL, TEXT];
    const markOf = async (spent: string) => {
      const { delta } = await compareAs(columns, [row('K', 'a', spent, 'c')]);
      return delta[0]!.attribute_mark;
    };
    const mark = await markOf('1.5');
    expect(await Promise.all(['1.50', '1.500', '1.50000'].map(markOf))).toEqual([mark, mark, mark]);
    expect(await markOf('1.51')).not.toBe(mark);
  });
});

test('a number ends before the zeros of its fraction, and so does the text of its hash', () => {
  const number = fc.tuple(fc.nat(), fc.option(fc.stringMatching(/^\d{1,6}$/)), fc.constantFrom('', '-'));
  fc.assert(
    fc.property(number, fc.nat(4), ([whole, fraction, sign], zeros) => {
      const text = sign + whole + (fraction === null ? '' : `.${fraction}`);
      const compared = (written: string) => {
        const bytes = Buffer.from(`1.50\t${written}\t2.0`);
        return written.slice(0, significantEnd(bytes, 5, 5 + written.length) - 5);
      };
      expect(Number(compared(text))).toBe(Number(text));
      const longer = text.includes('.') ? text + '0'.repeat(zeros) : `${text}.${'0'.repeat(zeros + 1)}`;
      expect(compared(longer)).toBe(compared(text));
    }),
    { numRuns: 1000 },
  );
});
