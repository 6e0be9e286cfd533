import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnOf, expressionOf, textOf, type Field } from '../../warehouse/sqlserver/kinds.ts';

const column = (type: string, more: Partial<Field> = {}) =>
  columnOf({ colName: 'a]b', type: { name: type }, ...more });

test.each([
  ['MoneyN', {}, 'convert(nvarchar(30), [a]]b], 2)', 'decimal'],
  ['Money', {}, 'convert(nvarchar(30), [a]]b], 2)', 'decimal'],
  ['SmallMoney', {}, 'convert(nvarchar(30), [a]]b], 2)', 'decimal'],
  ['DecimalN', { precision: 38, scale: 38 }, 'convert(nvarchar(41), [a]]b])', 'decimal'],
  ['NumericN', { precision: 5, scale: 0 }, 'convert(nvarchar(41), [a]]b])', 'decimal'],
  ['IntN', { dataLength: 8 }, 'convert(nvarchar(20), [a]]b])', 'integer'],
  ['BitN', {}, 'convert(nvarchar(1), [a]]b])', 'boolean'],
  ['Real', {}, 'convert(nvarchar(40), [a]]b], 3)', 'float'],
  ['FloatN', { dataLength: 4 }, 'convert(nvarchar(40), [a]]b], 3)', 'float'],
  ['Date', {}, 'convert(nvarchar(10), [a]]b], 121)', 'date'],
  ['DateTimeN', {}, 'convert(nvarchar(40), [a]]b], 121)', 'timestamp'],
  ['SmallDateTime', {}, 'convert(nvarchar(40), [a]]b], 121)', 'timestamp'],
  ['DateTime2', {}, 'convert(nvarchar(40), [a]]b], 121)', 'timestamp'],
  ['UniqueIdentifier', {}, 'convert(nvarchar(36), [a]]b])', 'text'],
  ['VarChar', { dataLength: 100 }, 'convert(nvarchar(100), [a]]b])', 'text'],
  ['NVarChar', { dataLength: 8_000 }, 'convert(nvarchar(4000), [a]]b])', 'text'],
  ['NChar', { dataLength: 20 }, 'convert(nvarchar(10), [a]]b])', 'text'],
  ['Text', { dataLength: 2_147_483_647 }, 'convert(nvarchar(max), [a]]b])', 'text'],
  ['Time', {}, 'convert(nvarchar(max), [a]]b])', 'unsupported'],
  ['VarBinary', { dataLength: 10 }, 'convert(nvarchar(max), [a]]b])', 'unsupported'],
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
  ['MoneyN', {}, 'money'],
  ['IntN', { dataLength: 1 }, 'tinyint'],
  ['IntN', { dataLength: 2 }, 'smallint'],
  ['IntN', { dataLength: 4 }, 'int'],
  ['DecimalN', { precision: 10, scale: 2 }, 'decimal(10,2)'],
  ['NVarChar', { dataLength: 100 }, 'nvarchar(50)'],
  ['Char', { dataLength: 3 }, 'char(3)'],
  ['NVarChar', { dataLength: 65_535 }, 'nvarchar(max)'],
])('%s %j is named %s', (type, more, name) => {
  expect(column(type, more).databaseType).toBe(name);
});

test.each([
  ['MoneyN', '-0.5000', '-0.5000'],
  ['DecimalN', '.5', '0.50'],
  ['NChar', 'ab   ', 'ab'],
  ['UniqueIdentifier', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['SmallDateTime', '2026-01-31 10:20:00.000', '2026-01-31 10:20:00'],
  ['DateTimeN', '2026-01-31 10:20:30.997', '2026-01-31 10:20:30.997'],
  ['DateTime2', '2026-01-31 10:20:30.1234567', '2026-01-31 10:20:30.123456'],
  ['DateTime2', '2026-01-31 10:20:30.0000009', '2026-01-31 10:20:30'],
  ['DateTime2', '0001-01-01 00:00:00', '0001-01-01 00:00:00'],
  ['DateTimeOffset', '2026-01-31 00:20:30.1234567 +14:00', '2026-01-30 10:20:30.123456+00'],
  ['Char', '  ', ''],
  ['VarChar', 'ab  ', 'ab  '],
  ['DateTimeOffset', '2026-01-31 10:20:30.5000000 +02:00', '2026-01-31 08:20:30.5+00'],
  ['BitN', '1', 't'],
  ['Real', '0.10000000149011612', '0.1'],
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
