import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnOf, expressionOf, textOf, type Described } from '../../warehouse/sqlserver/kinds.ts';

const column = (type: string, more: Partial<Described> = {}) =>
  columnOf({ colName: 'a]b', type: { name: type }, ...more });

test.each([
  ['MoneyN', {}, 'convert(nvarchar(30), [a]]b], 2)', 'decimal'],
  ['DateTimeOffset', {}, 'convert(nvarchar(40), [a]]b], 121)', 'timestamptz'],
  ['FloatN', { dataLength: 8 }, 'convert(nvarchar(40), [a]]b], 3)', 'float'],
  ['NVarChar', { dataLength: 100 }, 'convert(nvarchar(50), [a]]b])', 'text'],
  ['VarChar', { dataLength: 8_000 }, 'convert(nvarchar(max), [a]]b])', 'text'],
  ['NVarChar', { dataLength: 65_535 }, 'convert(nvarchar(max), [a]]b])', 'text'],
  ['Xml', {}, 'convert(nvarchar(max), [a]]b])', 'unsupported'],
])('%s %j is selected as %s', (type, more, expression, kind) => {
  expect(expressionOf(column(type, more))).toBe(expression);
  expect(column(type, more).kind).toBe(kind);
});

test.each([
  ['MoneyN', '-0.5000', '-0.5000'],
  ['DecimalN', '.5', '0.50'],
  ['NChar', 'ab   ', 'ab'],
  ['UniqueIdentifier', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['SmallDateTime', '2026-01-31 10:20:00.000', '2026-01-31 10:20:00'],
  ['DateTime2', '2026-01-31 10:20:30.1234567', '2026-01-31 10:20:30.123456'],
  ['DateTimeOffset', '2026-01-31 10:20:30.5000000 +02:00', '2026-01-31 08:20:30.5+00'],
  ['BitN', '1', 't'],
])('a %s that the server writes as %s is %s', (type, sent, text) => {
  expect(textOf(sent, column(type, { scale: 2 }))).toBe(text);
});

test('a real gets the shortest text that is the same real', () => {
  const real = column('FloatN', { dataLength: 4 });
  expect(textOf('0.10000000149011612', real)).toBe('0.1');
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const sign = Object.is(value, -0) ? '-' : '';
      const text = textOf(sign + value.toExponential(16), real);
      expect(Math.fround(Number(text))).toBe(value);
      expect(text.replace(/e.*|[-.]/g, '').replace(/^0+|0+$/g, '').length).toBeLessThanOrEqual(9);
    }),
  );
});
