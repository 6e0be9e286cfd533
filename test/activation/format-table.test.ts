import fc from 'fast-check';
import { getExampleNumber, getCountries, type CountryCode } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, test } from 'vitest';
import { contractSchema } from '../../activation/definition/contract.ts';
import { conversionFor, isEmptyText, type ValueRules } from '../../activation/values/convert.ts';
import { escapeCopy } from '../../activation/values/copy.ts';
import { csvField } from '../../activation/values/csv.ts';
import { MOST_ADDED, UNDECIDED } from '../../activation/values/fast.ts';
import type { ActitoType } from '../../activation/values/kinds.ts';
import { custom, type Attribute } from '../../simulator/contacts/attributes.ts';
import { checkOf } from '../../simulator/contacts/formats.ts';
import { PAIRS, TRICKY_VALUES, valueArb, type SentKind } from './tricky-values.ts';

/*
 * An accepted value must have the format that Actito documents. The simulator has its own implementation of
 * the formats, and neither side may be derived from the other.
 */

/** An attribute of each type, as a profile table has it. */
const ATTRIBUTES: Record<ActitoType, Attribute> = {
  STRING: custom('a', 'STRING'),
  INTEGER: custom('a', 'INTEGER'),
  LONG: custom('a', 'LONG'),
  NUMBER: custom('a', 'NUMBER'),
  BOOLEAN: custom('a', 'BOOLEAN'),
  DATE: custom('a', 'DATE'),
  TIMESTAMP: custom('a', 'TIMESTAMP'),
  EMAIL_ADDRESS: predefined('EMAIL_ADDRESS'),
  SEX: predefined('SEX'),
  MOTHER_LANGUAGE: predefined('MOTHER_LANGUAGE'),
  PERSON_TITLE: predefined('PERSON_TITLE'),
  COUNTRY: predefined('COUNTRY'),
  PHONE: custom('gsmNumber', 'STRING'),
};

function predefined(type: Attribute['type']): Attribute {
  return { type, name: 'a', unique: false, mandatory: false };
}

interface Lengths {
  maxLength?: number;
  minLength?: number;
}
const { lengthUnit, numberDigits } = contractSchema.parse({});
const RULES: ValueRules[] = [
  { timezone: 'Europe/Brussels', defaultCountry: 'BE', lengthUnit, numberDigits },
  { timezone: 'America/St_Johns', defaultCountry: 'US', lengthUnit, numberDigits },
];

/** The sent text of a value: from its converter, and from the fast path if that handles the value. */
function sent(pair: { kind: SentKind; type: ActitoType }, lengths: Lengths, rules: ValueRules, text: string) {
  const column = { name: 'c', kind: pair.kind, databaseType: pair.kind };
  const { convert, write } = conversionFor(column, { type: pair.type, ...lengths }, rules);
  const line = Buffer.from(escapeCopy(text));
  const to = Buffer.alloc(line.length + MOST_ADDED);
  const end = write(line, 0, line.length, to, 0);
  const fast = end === UNDECIDED ? [] : [to.toString('utf8', 0, end)];
  const converted = isEmptyText(column, text) ? { reject: 'empty' } : convert(text);
  const slow = 'value' in converted ? [converted.value] : [];
  return { fast, slow };
}

function check(
  pair: { kind: SentKind; type: ActitoType },
  lengths: Lengths,
  rules: ValueRules,
  text: string,
) {
  const attribute = { ...ATTRIBUTES[pair.type], valueRestriction: lengths };
  const { fast, slow } = sent(pair, lengths, rules, text);
  for (const value of slow) {
    const complaint = checkOf(attribute)(value);
    if (complaint !== undefined) expect({ ...pair, ...lengths, text, complaint }).toBeUndefined();
  }
  for (const field of fast) expect(field).toBe(csvField(slow[0]!, ';'));
  return slow.length;
}

const LENGTHS: Lengths[] = [
  {},
  { maxLength: 12 },
  { minLength: 3 },
  { minLength: 10, maxLength: 12 },
  { minLength: 200 },
];

describe('an accepted value follows the documented format', () => {
  test.each(PAIRS)('$kind to $type', (pair) => {
    let passed = 0;
    for (const rules of RULES)
      for (const lengths of LENGTHS)
        for (const value of TRICKY_VALUES) passed += check(pair, lengths, rules, value);
    expect(passed).toBeGreaterThan(0);
  });

  test('arbitrary values', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PAIRS),
        fc.constantFrom(...LENGTHS),
        fc.constantFrom(...RULES),
        fc.array(valueArb, { minLength: 20, maxLength: 20 }),
        (pair, lengths, rules, values) => void values.map((value) => check(pair, lengths, rules, value)),
      ),
      { numRuns: 3_000 },
    );
  });

  test('texts of every length, with characters of one to four bytes', () => {
    const text = fc
      .array(fc.constantFrom('a', 'é', '中', '😀', '👩‍👩‍👧', '"', ';'), { maxLength: 260 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        text,
        fc.constantFrom(...LENGTHS),
        (value, lengths) => void check({ kind: 'text', type: 'STRING' }, lengths, RULES[0]!, value),
      ),
    );
  });

  test('e-mail addresses as people write them', () => {
    const part = fc.stringMatching(/^[a-zA-Z0-9._+'é-]{0,12}$/);
    const address = fc
      .tuple(part, fc.constantFrom('@', '@@', ''), part, fc.constantFrom('.', '..', ''), part)
      .map((parts) => parts.join(''));
    let passed = 0;
    fc.assert(
      fc.property(fc.oneof(address, fc.emailAddress()), (text) => {
        passed += check({ kind: 'text', type: 'EMAIL_ADDRESS' }, {}, RULES[0]!, text);
      }),
      { numRuns: 3_000 },
    );
    expect(passed).toBeGreaterThan(100);
  });

  test('phone numbers of all countries, in their national and international spellings', () => {
    let passed = 0;
    for (const country of getCountries()) {
      const number = getExampleNumber(country, examples)!;
      for (const text of [number.number, number.formatNational(), number.formatInternational()])
        passed += check({ kind: 'text', type: 'PHONE' }, {}, { defaultCountry: country }, text);
    }
    expect(passed).toBeGreaterThan(500);
  });
});

describe('of all country codes of two letters', () => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const all = letters.flatMap((first) => letters.map((second) => first + second));
  test.each([
    ['MOTHER_LANGUAGE', 183],
    ['COUNTRY', 249],
  ] as const)('%s accepts the ones of its format, which are %i', (type, count) => {
    const isAccepted = checkOf(ATTRIBUTES[type]);
    const pair = { kind: 'text', type } as const;
    const taken = all.filter((code) => sent(pair, {}, {}, code).slow.length > 0);
    expect(taken).toEqual(all.filter((code) => isAccepted(code) === undefined));
    expect(taken).toHaveLength(count);
    for (const code of taken)
      expect(sent(pair, {}, {}, code.toLowerCase())).toEqual({ fast: [code], slow: [code] });
  });
});

test.each<[CountryCode, string, string]>([
  ['BE', '0475 12 34 56', '+32475123456'],
  ['FR', '06 12 34 56 78', '+33612345678'],
  ['DE', '0171 3920012', '+491713920012'],
  ['NL', '+31 6 12345678', '+31612345678'],
])('a phone number of %s with the text %s is sent as %s', (country, text, value) => {
  expect(sent({ kind: 'text', type: 'PHONE' }, {}, { defaultCountry: country }, text).slow).toEqual([value]);
});
