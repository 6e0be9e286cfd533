import fc from 'fast-check';
import { getCountries, getCountryCallingCode, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, it } from 'vitest';
import { canonicalKey } from '../../activation/keys/canonical.ts';
import { canonicalTest } from '../../activation/keys/fast.ts';
import { isPhoneCountry } from '../../activation/keys/phone.ts';
import { KEY_REJECTS } from '../../activation/keys/rejects.ts';

const COUNTRIES = getCountries();
const cheapTest = canonicalTest({ type: 'phone' });
const isCheap = (text: string) => cheapTest(Buffer.from(text), 0, Buffer.byteLength(text));
const keyOf = (text: string | null, country?: string) =>
  canonicalKey({ type: 'phone', defaultCountry: country }, text);

/** Numbers of all countries in many spellings, near misses and noise. */
const code = fc.constantFrom(...COUNTRIES.map((country) => getCountryCallingCode(country)), '999', '883', '');
const digits = fc.stringMatching(/^[0-9]{1,16}$/);
const between = fc.constantFrom('', ' ', '.', '-', '/', '(0)', ' 0', '\u00a0', ' ext. ', '\t');
const anyText = fc.oneof(
  fc
    .tuple(fc.constantFrom('+', '00', '', '0', '+0', '\uff0b', '++'), code, between, digits, between, digits)
    .map(([plus, code, first, start, second, end]) => plus + code + first + start + second + end.slice(0, 5)),
  fc.tuple(fc.constantFrom('+', '00', ''), code, digits).map((parts) => parts.join('')),
  fc.constantFrom(...COUNTRIES).map((country) => getExampleNumber(country, examples)?.formatNational() ?? ''),
  fc.string({ unit: 'binary' }),
  nearMiss(),
);
/**
 * A mobile number in E.164: unchanged, with its code twice, with one digit more, less or different, or with a
 * dialing prefix.
 */
function nearMiss(): fc.Arbitrary<string> {
  const parts = fc.record({
    country: fc.constantFrom(...COUNTRIES.filter((each) => getExampleNumber(each, examples))),
    before: fc.constantFrom('', '', '', 'code', '0', '1', '9', '15'),
    at: fc.nat(12),
    put: fc.constantFrom(null, null, '', '0', '5', '77'),
  });
  return parts.map(({ country, before, at, put }) => {
    const { countryCallingCode, nationalNumber } = getExampleNumber(country, examples)!;
    const rest =
      put === null ? nationalNumber : nationalNumber.slice(0, at) + put + nationalNumber.slice(at + 1);
    return `+${countryCallingCode}${before === 'code' ? countryCallingCode : before}${rest}`;
  });
}
const anyCountry = fc.option(fc.constantFrom(...COUNTRIES), { nil: undefined });

describe('a matching key of type phone', () => {
  it.each<[country: string, text: string, key: string]>([
    ['BE', '010 45 85 14', '+3210458514'],
    ['BE', '010/45.85.14', '+3210458514'],
    ['BE', '0475/12.34.56', '+32475123456'],
    ['BE', '475123456', '+32475123456'],
    ['BE', '32475123456', '+32475123456'],
    ['BE', '0032 475 12 34 56', '+32475123456'],
    ['BE', '+32 (0)475 12 34 56', '+32475123456'],
    ['BE', '+320475123456', '+32475123456'],
    ['BE', ' +32475123456\r\n', '+32475123456'],
    ['BE', '+33 6 12 34 56 78', '+33612345678'],
    ['BE', '\u0660\u0664\u0667\u0665\u0661\u0662\u0663\u0664\u0665\u0666', '+32475123456'],
    ['BE', '\uff0b32475123456', '+32475123456'],
    ['FR', '06 12 34 56 78', '+33612345678'],
    ['FR', '01.23.45.67.89', '+33123456789'],
    ['NL', '06-12345678', '+31612345678'],
    ['NL', '020 123 4567', '+31201234567'],
    ['DE', '0170/1234567', '+491701234567'],
    ['DE', '(030) 123456', '+4930123456'],
    ['LU', '621 123 456', '+352621123456'],
    ['GB', '07400 123456', '+447400123456'],
    ['GB', '(020) 7946 0018', '+442079460018'],
    ['US', '(201) 555-0123', '+12015550123'],
    ['US', '011 32 475 12 34 56', '+32475123456'],
    ['IT', '06 698 12345', '+390669812345'],
    ['IT', '+39 06 698 12345', '+390669812345'],
    ['CH', '044 668 18 00', '+41446681800'],
    ['ES', '612 34 56 78', '+34612345678'],
  ])('in %s is read from %j as %s', (country, text, key) => {
    expect(keyOf(text, country)).toEqual({ key });
  });

  it.each([
    ['+32 475/12.34.56', '+32475123456'],
    ['0032475123456', '+32475123456'],
    ['+1 201-555-0123', '+12015550123'],
    ['+800 1234 5678', '+80012345678'],
  ])('needs no country to be read from %j', (text, key) => {
    expect(keyOf(text)).toEqual({ key });
  });

  it.each<[country: string | undefined, text: string | null, reject: string]>([
    ['BE', null, 'KeyMissing'],
    ['BE', ' \u00a0\t', 'KeyMissing'],
    [undefined, '0475 12 34 56', 'KeyCountryMissing'],
    [undefined, '475123456', 'KeyCountryMissing'],
    [undefined, '112', 'KeyCountryMissing'],
    ['BE', '112', 'KeyNotAPhoneNumber'],
    ['BE', '8888', 'KeyNotAPhoneNumber'],
    ['BE', '0475 12 34', 'KeyNotAPhoneNumber'],
    ['BE', '0475 12 34 56 78', 'KeyNotAPhoneNumber'],
    ['BE', '+32 475 12 34 56 78 90 12 34', 'KeyNotAPhoneNumber'],
    ['BE', `0475${'1'.repeat(300)}`, 'KeyNotAPhoneNumber'],
    ['BE', '0475 12 34 56 ext. 12', 'KeyNotAPhoneNumber'],
    ['BE', '+32475123456x12', 'KeyNotAPhoneNumber'],
    ['BE', '0475123456 (maman)', 'KeyNotAPhoneNumber'],
    ['BE', '0475 12 34 56 / 0475 12 34 57', 'KeyNotAPhoneNumber'],
    ['US', '1-800-FLOWERS', 'KeyNotAPhoneNumber'],
    ['BE', 'anna@shop.be', 'KeyNotAPhoneNumber'],
    ['BE', '4.75123456E8', 'KeyNotAPhoneNumber'],
    ['BE', '++32475123456', 'KeyNotAPhoneNumber'],
    ['BE', '+', 'KeyNotAPhoneNumber'],
    ['BE', '+999123456789', 'KeyNotAPhoneNumber'],
    ['BE', '+0475123456', 'KeyNotAPhoneNumber'],
    ['BE', '+3212345678901234', 'KeyNotAPhoneNumber'],
    ['US', '0032475123456', 'KeyNotAPhoneNumber'],
    ['BE', 'N/A', 'KeyNotAPhoneNumber'],
  ])('of country %s and text %j is rejected as %s', (country, text, reject) => {
    expect(keyOf(text, country)).toEqual({ reject });
  });

  it('of any country is the same in the national spelling of that country', () => {
    const known = COUNTRIES.filter((country) => getExampleNumber(country, examples));
    expect(known.length).toBeGreaterThan(200);
    for (const country of known) {
      const number = getExampleNumber(country, examples)!;
      expect(keyOf(number.formatNational(), country), country).toEqual({ key: number.number });
      expect(keyOf(number.formatInternational()), country).toEqual({ key: number.number });
    }
  });
});

describe('canonical phone numbers', () => {
  it('are their own canonical key whatever the country, and differ only in surrounding blanks', () => {
    const seen = { keys: 0, rejects: 0 };
    fc.assert(
      fc.property(
        anyText,
        fc.constantFrom('', ' ', '\t'),
        anyCountry,
        anyCountry,
        (text, blank, country, other) => {
          const canonical = keyOf(text, country);
          expect(keyOf(blank + text + blank, country)).toEqual(canonical);
          if ('key' in canonical) {
            seen.keys++;
            expect(canonical.key).toMatch(/^\+[1-9]\d{6,14}$/);
            expect(keyOf(canonical.key, other)).toEqual(canonical);
          } else {
            seen.rejects++;
            expect(KEY_REJECTS).toHaveProperty(canonical.reject);
          }
        },
      ),
      { numRuns: 5000 },
    );
    expect(seen.keys).toBeGreaterThan(100);
    expect(seen.rejects).toBeGreaterThan(100);
  });

  it('pass the quick test, at any position in a buffer and whatever the country', () => {
    fc.assert(
      fc.property(anyText, fc.nat(5), anyCountry, (text, before, country) => {
        const bytes = Buffer.from(text);
        const line = Buffer.concat([Buffer.alloc(before, '+'), bytes, Buffer.from('7\t\n')]);
        if (cheapTest(line, before, before + bytes.length)) {
          expect(keyOf(text, country)).toEqual({ key: text });
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it('pass the quick test, except where a number may begin with a dialing prefix', () => {
    const slow = COUNTRIES.filter((country) => {
      const number = getExampleNumber(country, examples)?.number;
      return number !== undefined && !isCheap(number);
    });
    expect(slow).toContain('CI');
    expect(slow.length).toBeLessThan(10);
    expect(isCheap('+390669812345')).toBe(false);
  });

  it.each([
    '',
    '+',
    '+32475',
    '32475123456',
    '+3247512345a',
    '+32475 123456',
    '\\N',
    '+0123456789',
    '+999123456789',
  ])('do not include %j, which fails the quick test', (text) => {
    expect(isCheap(text)).toBe(false);
  });
});

it('a country is valid if its number plan is known', () => {
  expect(['BE', 'FR', 'LU', 'XK'].map(isPhoneCountry)).toEqual([true, true, true, true]);
  expect(['be', 'UK', 'EU', 'BEL', '', 'constructor'].map(isPhoneCountry)).not.toContain(true);
});
