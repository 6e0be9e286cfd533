import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conversionFor, isEmptyText, type ValueRules } from '../../activation/values/convert.ts';
import { escapeCopy } from '../../activation/values/copy.ts';
import { csvField } from '../../activation/values/csv.ts';
import { MOST_ADDED, UNDECIDED } from '../../activation/values/fast.ts';
import type { ActitoType } from '../../activation/values/kinds.ts';
import { MAX_LENGTHS, PAIRS, RULES, TRICKY_VALUES, valueArb, type SentKind } from './tricky-values.ts';

interface Case {
  kind: SentKind;
  type: ActitoType;
  maxLength?: number;
  minLength?: number;
  rules?: ValueRules;
}

const columnOf = ({ kind }: Case) => ({ name: 'c', kind, databaseType: kind });

/**
 * The field that the fast path writes in the middle of a line; undefined if it leaves the value to the
 * converter.
 */
function fast(from: Case, value: string): string | undefined {
  const before = 'Ünïcode\t';
  const field = Buffer.from(escapeCopy(value));
  const line = Buffer.concat([Buffer.from(before), field, Buffer.from('\t00:00:00+00\n')]);
  const start = Buffer.byteLength(before);
  const to = Buffer.alloc(3 + field.length + MOST_ADDED + 5, '#');
  const end = conversionFor(columnOf(from), from, from.rules ?? RULES[0]).write(
    line,
    start,
    start + field.length,
    to,
    3,
  );
  // It stays within its buffer in either case.
  expect(to.toString('latin1', 0, 3) + to.toString('latin1', to.length - 5)).toBe('########');
  return end === UNDECIDED ? undefined : to.toString('utf8', 3, end);
}

/** The field that the converter writes; undefined if there is none, or only an empty one. */
function slow(from: Case, value: string): string | undefined {
  if (isEmptyText(columnOf(from), value)) return undefined;
  const converted = conversionFor(columnOf(from), from, from.rules ?? RULES[0]).convert(value);
  return 'value' in converted ? csvField(converted.value, ';') : undefined;
}

describe('the fast path writes the same as the converter, or leaves the value to the converter', () => {
  const check = (from: Case, value: string) => {
    const written = fast(from, value);
    if (written !== undefined && written !== slow(from, value))
      expect({ ...from, value, written }).toEqual({ ...from, value, written: slow(from, value) });
    return written !== undefined;
  };

  test.each(PAIRS)('$kind to $type', ({ kind, type }) => {
    let taken = 0;
    const cases: Case[] = isText(type)
      ? MAX_LENGTHS.map((maxLength, index) => ({
          kind,
          type,
          maxLength,
          minLength: [undefined, 3, 20][index % 3],
          rules: RULES[index % RULES.length],
        }))
      : RULES.map((rules) => ({ kind, type, rules }));
    for (const one of cases) for (const value of TRICKY_VALUES) if (check(one, value)) taken++;
    expect(taken).toBeGreaterThan(0);
  });

  test('arbitrary values', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PAIRS),
        fc.constantFrom(...MAX_LENGTHS),
        fc.constantFrom(...RULES),
        fc.array(valueArb, { minLength: 20, maxLength: 20 }),
        (pair, maxLength, rules, values) =>
          void values.map((value) => check({ ...pair, maxLength, rules }, value)),
      ),
      { numRuns: 3_000 },
    );
  });
});

const isText = (type: ActitoType) => ['STRING', 'EMAIL_ADDRESS', 'PHONE'].includes(type);

describe('ordinary values take the fast path', () => {
  const cases: [SentKind, ActitoType, Record<string, string>][] = [
    [
      'text',
      'STRING',
      same('Liège', "O'Neill, Anna", 'ж', '中文', '🙂', '«oui»', '1', 'a  b', 'x'.repeat(255)),
    ],
    ['integer', 'STRING', same('0', '-12', '1234567890')],
    ['decimal', 'STRING', same('0.50', '-1.50')],
    ['float', 'STRING', same('1e+20', '0.1')],
    ['boolean', 'STRING', { t: 'TRUE', f: 'FALSE' }],
    ['date', 'STRING', same('2026-01-31')],
    ['timestamp', 'STRING', { '2026-01-31 10:20:30.5': '2026-01-31 10:20:30' }],
    ['timestamptz', 'STRING', { '2026-01-31 10:20:30+00': '2026-01-31 10:20:30' }],
    ['integer', 'INTEGER', same('0', '7', '-7', '999999999', '-999999999')],
    ['integer', 'LONG', same('0', '-1', '999999999999999999')],
    ['decimal', 'NUMBER', same('0', '0.00', '12.50', '-0.01', '-12', '9'.repeat(30))],
    ['boolean', 'BOOLEAN', { t: 'TRUE', f: 'FALSE' }],
    ['integer', 'BOOLEAN', { 1: 'TRUE', 0: 'FALSE' }],
    ['text', 'BOOLEAN', { Y: 'TRUE', N: 'FALSE', T: 'TRUE', F: 'FALSE', y: 'TRUE', n: 'FALSE' }],
    ['date', 'DATE', same('2026-01-31', '2026-02-28', '2026-12-31', '0001-01-01', '9999-12-31')],
    [
      'timestamptz',
      'DATE',
      { '2026-01-31 22:59:59.999+00': '2026-01-31', '2026-01-31 23:00:00+00': '2026-02-01' },
    ],
    ['date', 'TIMESTAMP', { '2026-01-31': '2026-01-31 00:00:00' }],
    [
      'timestamp',
      'TIMESTAMP',
      { '2026-01-01 00:00:00': '2025-12-31 23:00:00', '2026-07-31 23:59:59.1': '2026-07-31 21:59:59' },
    ],
    ['timestamptz', 'TIMESTAMP', { '2026-01-31 10:20:30.123456+00': '2026-01-31 10:20:30' }],
    ['text', 'EMAIL_ADDRESS', same('anna.bo@shop.be')],
    ['text', 'SEX', { M: 'M', f: 'F' }],
    ['text', 'MOTHER_LANGUAGE', { FR: 'FR', nl: 'NL' }],
    ['text', 'COUNTRY', { BE: 'BE', nl: 'NL' }],
    ['text', 'PERSON_TITLE', same('Mr', 'Mrs', 'Ms')],
    ['text', 'PHONE', same('+3210458514')],
  ];

  test.each(cases)('%s to %s', (kind, type, values) => {
    const written = Object.keys(values).map((value) => [value, fast({ kind, type }, value)]);
    expect(Object.fromEntries(written)).toEqual(values);
  });

  test('also if they have exactly the maximum length of the attribute', () => {
    const cases: [SentKind, string, number][] = [
      ['text', 'Gent', 4],
      ['integer', '-123', 4],
      ['boolean', 'f', 5],
      ['date', '2026-01-31', 10],
      ['timestamp', '2026-01-31 10:20:30.5', 19],
    ];
    for (const [kind, value, maxLength] of cases) {
      expect(fast({ kind, type: 'STRING', maxLength }, value)).toHaveLength(maxLength);
      expect(fast({ kind, type: 'STRING', maxLength: maxLength - 1 }, value)).toBeUndefined();
    }
  });

  function same(...values: string[]): Record<string, string> {
    return Object.fromEntries(values.map((value) => [value, value]));
  }
});
