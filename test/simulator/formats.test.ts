import { expect, test } from 'vitest';
import {
  type Attribute,
  custom,
  usualAttributes,
  type ValueType,
} from '../../simulator/contacts/attributes.ts';
import { checkOf } from '../../simulator/contacts/formats.ts';

const usual = (name: string) => usualAttributes().find((attribute) => attribute.name === name)!;
const of = (valueType: ValueType, more: Partial<Attribute> = {}) => custom('x', valueType, more);

test.each<[string, Attribute, string[], string[]]>([
  [
    'whole numbers of 32 bits',
    of('INTEGER'),
    ['0', '-2147483648', '2147483647'],
    ['2147483648', '1.0', '+1', '1e3'],
  ],
  ['whole numbers of 64 bits', of('LONG'), ['9223372036854775807'], ['9223372036854775808', '1,000', ' 1']],
  ['numbers', of('NUMBER'), ['-12.50', '3', '0.1'], ['1,5', '.5', '5.', '1e3', 'NaN', '--1']],
  ['booleans', of('BOOLEAN'), ['TRUE', 'FALSE', '1', '0', 'Y', 'N'], ['true', 't', 'yes', '2']],
  ['dates', of('DATE'), ['2024-02-29'], ['2023-02-29', '2024-2-9', '29/02/2024', '2024-02-29 00:00:00']],
  [
    'timestamps',
    of('TIMESTAMP'),
    ['2024-02-29 23:59:59'],
    ['2024-02-29T23:59:59', '2024-02-29', '2024-02-29 24:00:00'],
  ],
  ['strings', of('STRING'), ['x'.repeat(255)], ['x'.repeat(256)]],
  [
    'short strings',
    of('STRING', { valueRestriction: { minLength: 2, maxLength: 3 } }),
    ['ab', 'abc'],
    ['a', 'abcd'],
  ],
  ['sexes', usual('sex'), ['M', 'F'], ['m', 'X', 'MF']],
  ['languages', usual('motherLanguage'), ['FR', 'NL'], ['fr', 'XX', 'FRA']],
  [
    'phone numbers',
    usual('gsmNumber'),
    ['+3210458514', '+33612345678'],
    ['0470123456', '0032470123456', '+32 470 12', '+0470123456', '+32', '+1234567890123456'],
  ],
  ['birth dates', usual('birthDate'), ['1990-12-31'], ['1990-13-01']],
  ['names', usual('lastName'), ['Dupont-Müller'], ['x'.repeat(256)]],
  [
    'email addresses',
    usual('emailAddress'),
    ['a@b.be', 'First.Last+tag@sub.my-shop.example', "o'neil@shop.co.uk"],
    [
      'a',
      'a@b',
      'a@b.c',
      'a..b@c.be',
      '.a@c.be',
      'a.@c.be',
      'a@c..be',
      'zoë@c.be',
      'a b@c.be',
      'a@-c.be',
      `a@${'b'.repeat(255)}.be`,
    ],
  ],
])('%s', (_, attribute, good, bad) => {
  const check = checkOf(attribute);
  for (const value of good) expect(check(value), value).toBeUndefined();
  for (const value of bad) expect(check(value), value).toEqual(expect.any(String));
});

test('dates are the days of the calendar, from the year 0 on', () => {
  const [isDate, isTimestamp] = [checkOf(of('DATE')), checkOf(of('TIMESTAMP'))];
  const two = (part: number) => String(part).padStart(2, '0');
  for (const year of ['0000', '1900', '1999', '2000', '2023', '2024', '9999']) {
    for (let month = 0; month <= 13; month += 1) {
      for (let day = 0; day <= 32; day += 1) {
        const text = `${year}-${two(month)}-${two(day)}`;
        const milliseconds = Date.parse(`${text}T00:00:00Z`); // accepts February 30 as March 1 or 2
        const exists = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(text);
        expect(isDate(text) === undefined, text).toBe(exists);
        expect(isTimestamp(`${text} 23:59:59`) === undefined, text).toBe(exists);
      }
    }
  }
  for (const time of ['24:00:00', '12:60:00', '12:00:60'])
    expect(isTimestamp(`2024-02-29 ${time}`)).toBeDefined();
});
