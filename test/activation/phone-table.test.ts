import { describe, expect, it } from 'vitest';
import { canonicalKey } from '../../activation/keys/canonical.ts';
import { NUMBERS, type Numbers } from './phone-numbers.ts';

const keyOf = (text: string, country?: string) =>
  canonicalKey({ type: 'phone', defaultCountry: country }, text);

interface Case extends Numbers {
  atHome: string;
  e164: string;
}
const cases: Case[] = NUMBERS.flatMap((numbers) =>
  [numbers.mobile, numbers.landline].map(([atHome, e164]) => ({ ...numbers, atHome, e164 })),
);
const mobiles = cases.filter(({ mobile: [, e164], ...one }) => one.e164 === e164);

const digits = (text: string) => text.replace(/\D/g, '');
/** The number without its code: what follows `+32`. */
const own = ({ e164, code }: Case) => e164.slice(1 + code.length);
const abroadOf = ({ abroad = '00' }: Case) => abroad;

/** Unambiguous spellings, by their names. */
const CERTAIN: Record<string, (one: Case) => string> = {
  'as people write it at home': ({ atHome }) => atHome,
  'at home, digits alone': ({ atHome }) => digits(atHome),
  'between blanks': ({ atHome }) => `\t ${atHome}\u00a0\r\n`,
  'E.164': ({ e164 }) => e164,
  international: (one) =>
    `+${one.code} ${own(one)
      .match(/.{1,3}/g)!
      .join(' ')}`,
  'international with dots and dashes': (one) =>
    `+${one.code}.${own(one)
      .match(/.{1,4}/g)!
      .join('-')}`,
  'with its code in parentheses': (one) => `(+${one.code}) ${own(one)}`,
  'with the prefix of calls abroad': (one) => `${abroadOf(one)} ${one.code} ${own(one)}`,
  'the same, digits alone': (one) => `${abroadOf(one)}${one.code}${own(one)}`,
  'as a URI': ({ e164 }) => `tel:${e164}`,
  'as a spreadsheet keeps it a text': ({ e164 }) => `'${e164}`,
  'as a formula of a spreadsheet': ({ atHome }) => `="${atHome}"`,
  'in quotes': ({ atHome }) => `"${atHome}"`,
  'between marks of writing direction': ({ e164 }) => `\u202a${e164}\u202c`,
  'in full-width digits': ({ e164 }) =>
    e164.replace(/[\d+]/g, (char) => String.fromCodePoint(char.charCodeAt(0) + 0xfee0)),
  'with zero-width blanks': ({ e164 }) => [...e164].join('\u200b'),
};

/** Spellings that give the right number or none, because a lost or doubled digit may give another number. */
const RIGHT_OR_NONE: Record<string, (one: Case) => string> = {
  'with its code and without a plus sign': (one) => one.code + own(one),
  'with its code twice': (one) => `+${one.code}${one.code}${own(one)}`,
  'with its code twice, apart': (one) => `+${one.code} ${one.code} ${own(one)}`,
  'with its code twice after 00': (one) => `00${one.code}${one.code}${own(one)}`,
  'with +00': (one) => `+00${one.code}${own(one)}`,
  'with 00 after its code': (one) => `+${one.code}00${one.code}${own(one)}`,
  'as a float': ({ atHome }) => `${digits(atHome)}.0`,
  'as a number with cents': ({ atHome }) => `${digits(atHome)}.00`,
  'as a float with a comma': ({ atHome }) => `${digits(atHome)},0`,
  'as a float with its code': ({ e164 }) => `${digits(e164)}.0`,
  'as a float in E.164': ({ e164 }) => `${e164}.0`,
  'as a number, its zeros lost': (one) => own(one).replace(/^0+/, ''),
  'the same as a float': (one) => `${own(one).replace(/^0+/, '')}.0`,
  'with a zero in front': (one) => `0${own(one)}`,
  'with two zeros in front': (one) => `00${own(one)}`,
  'with a zero after the code': (one) => `+${one.code}0${own(one)}`,
  'with (0) after the code': (one) => `+${one.code} (0)${own(one)}`,
  'with (0) after 00 and the code': (one) => `00${one.code}(0)${own(one)}`,
  'with (0) and no plus sign': (one) => `${one.code} (0) ${own(one)}`,
};

/** Spellings that may not be a number at all. */
const NONE: Record<string, (one: Case) => string> = {
  'with an extension': ({ atHome }) => `${atHome} ext. 12`,
  'with a short extension': ({ e164 }) => `${e164}x12`,
  'with an extension in French': ({ atHome }) => `${atHome} poste 12`,
  'with an extension in German': ({ atHome }) => `${atHome} Durchwahl 12`,
  'with an extension after #': ({ e164 }) => `${e164}#12`,
  'with an extension as a URI': ({ e164 }) => `tel:${e164};ext=12`,
  'with digits after a pause': ({ e164 }) => `${e164},,12`,
  'with digits in parentheses': ({ e164 }) => `${e164} (12)`,
  'with a footnote': ({ e164 }) => `${e164}²`,
  'with a note': ({ atHome }) => `${atHome} (maman)`,
  'with another number': ({ atHome }) => `${atHome} / ${atHome}`,
  'with the end of another number': ({ e164 }) => `${e164}/57`,
  'with a fraction': ({ atHome }) => `${digits(atHome)}.5`,
  'in scientific notation': ({ e164 }) => `${e164[1]}.${e164.slice(2)}E+${e164.length - 2}`,
  'rounded by a spreadsheet': ({ e164 }) => `${e164[1]}.${e164.slice(2, 7)}E+${e164.length - 2}`,
  'with letters for digits': ({ e164 }) => e164.replace(/0|1|2/, 'O'),
  'with two plus signs': ({ e164 }) => `+${e164}`,
  negative: ({ atHome }) => `-${digits(atHome)}`,
  'with three digits too many': ({ e164 }) => `${e164}9999999`,
  'too short to be one': ({ e164, code }) => e164.slice(0, 1 + code.length + 2),
};

describe.each(Object.keys(CERTAIN))('a phone number %s', (name) => {
  it.each(cases)('is $e164 ($country, $atHome)', (one) => {
    expect(keyOf(CERTAIN[name]!(one), one.country)).toEqual({ key: one.e164 });
  });
});

describe.each(Object.keys(RIGHT_OR_NONE))('a phone number %s', (name) => {
  it.each(cases)('is $e164 or rejected ($country, $atHome)', (one) => {
    const canonical = keyOf(RIGHT_OR_NONE[name]!(one), one.country);
    if ('key' in canonical) expect(canonical.key).toBe(one.e164);
  });
});

describe.each(Object.keys(NONE))('a phone number %s', (name) => {
  it.each(cases)('is rejected ($country, $atHome)', (one) => {
    expect(keyOf(NONE[name]!(one), one.country)).toHaveProperty('reject');
  });
});

describe('a phone number', () => {
  it.each(cases.filter(({ trunk }) => trunk === '0'))(
    'with the trunk zero in parentheses is $e164 ($country)',
    (one) => {
      for (const text of [
        `+${one.code} (0)${own(one)}`,
        `+${one.code}(0) ${own(one)}`,
        `+${one.code}0${own(one)}`,
      ])
        expect(keyOf(text)).toEqual({ key: one.e164 });
    },
  );

  it.each(mobiles.filter(({ country }) => country !== 'AR'))(
    'of a mobile phone with its code and no plus sign is $e164 ($country)',
    (one) => {
      expect(keyOf(`${one.code}${own(one)}`, one.country)).toEqual({ key: one.e164 });
      expect(keyOf(`${one.code}${own(one)}.0`, one.country)).toEqual({ key: one.e164 });
    },
  );

  it.each(mobiles.filter(({ isOpen }) => !isOpen))(
    'with a digit too many or too few is rejected ($country)',
    ({ e164, country, atHome }) => {
      for (const text of [`${e164}7`, e164.slice(0, -1), `${atHome}7`, digits(atHome).slice(0, -1)])
        expect(keyOf(text, country), text).toHaveProperty('reject');
    },
  );

  it.each<[text: string, country: string | undefined, key: string]>([
    ['01713920012.0', 'DE', '+491713920012'],
    ['1713920012', 'DE', '+491713920012'],
    // As an area code of Leer it would be a number that is longer than any there.
    ['491713920012', 'DE', '+491713920012'],
    // Aurich is 04941, and written with its code: this is unambiguous.
    ['+494941234567', 'DE', '+494941234567'],
    ['06641234567.0', 'AT', '+436641234567'],
    ['3471234567.0', 'IT', '+393471234567'],
    ['+52 1 55 1234 5678', undefined, '+525512345678'],
    ['+5215512345678', undefined, '+525512345678'],
    ['0052 1 55 1234 5678', 'FR', '+525512345678'],
    ['044 55 1234 5678', 'MX', '+525512345678'],
    ['045 55 1234 5678', 'MX', '+525512345678'],
    ['01 55 1234 5678', 'MX', '+525512345678'],
    ['+54 11 15 2345 6789', undefined, '+5491123456789'],
    ['+54 9 11 2345 6789', undefined, '+5491123456789'],
    ['0 15 11 96123-4567', 'BR', '+5511961234567'],
    ['8 800 200 02 00', 'RU', '+78002000200'],
    ['+39 06 698 12345', undefined, '+390669812345'],
    ['+39 (0)6 698 12345', undefined, '+390669812345'],
    ['8 612 34567', 'LT', '+37061234567'],
  ])('%j of country %s is %s', (text, country, key) => {
    expect(keyOf(text, country)).toEqual({ key });
  });

  it.each<[text: string, country: string | undefined, reject: string]>([
    // +49 171 3920012 with its code twice, or a number in Leer.
    ['+49491713920012', undefined, 'KeyPhoneUncertain'],
    // Aurich without its zero, or Barmstedt after its code.
    ['4941234567', 'DE', 'KeyPhoneUncertain'],
    // Berlin without its zero, or a number of any town.
    ['30 123456', 'DE', 'KeyPhoneUncertain'],
    ['4567890', 'DE', 'KeyPhoneUncertain'],
    ['6641234', 'AT', 'KeyPhoneUncertain'],
    // A mobile phone, or a landline in Busto Arsizio.
    ['+39 (0)331 1234567', undefined, 'KeyPhoneUncertain'],
    // A mobile phone without its 9, or a landline.
    ['11 2345 6789', 'AR', 'KeyPhoneUncertain'],
    ['+3232475123456', undefined, 'KeyPhoneUncertain'],
    ['4641234', 'AG', 'KeyPhoneUncertain'],
    // Before Brazil added a ninth digit, and Ivory Coast two.
    ['+55 11 8765-4321', undefined, 'KeyNotAPhoneNumber'],
    ['11 8765-4321', 'BR', 'KeyNotAPhoneNumber'],
    ['+225 07 12 34 56', undefined, 'KeyNotAPhoneNumber'],
    ['07 12 34 56', 'CI', 'KeyNotAPhoneNumber'],
    // A zero that is not dialed in Italy, Spain, Poland and Denmark.
    ['+39 0347 1234567', undefined, 'KeyNotAPhoneNumber'],
    ['0612 34 56 78', 'ES', 'KeyNotAPhoneNumber'],
    ['0512 345 678', 'PL', 'KeyNotAPhoneNumber'],
    ['020 12 34 56', 'DK', 'KeyNotAPhoneNumber'],
    // A national number with a plus sign in front.
    ['+612345678', 'FR', 'KeyNotAPhoneNumber'],
    ['+0475123456', 'BE', 'KeyNotAPhoneNumber'],
    // In no numbering plan, though of the right length.
    ['+32999999999', undefined, 'KeyNotAPhoneNumber'],
    ['+15550001111', undefined, 'KeyNotAPhoneNumber'],
    ['1.7e10', 'DE', 'KeyNotAPhoneNumber'],
    ['4.91714E+11', 'DE', 'KeyNotAPhoneNumber'],
    ['017139200.00', 'DE', 'KeyNotAPhoneNumber'],
    // A decimal number that is too short: its zero is not a digit of a phone number.
    ['442211.0', 'LU', 'KeyNotAPhoneNumber'],
    ['051234.0', 'AT', 'KeyNotAPhoneNumber'],
    ['030123.0', 'DE', 'KeyNotAPhoneNumber'],
    ['030123,00', 'DE', 'KeyNotAPhoneNumber'],
    ['091234.0', 'FI', 'KeyNotAPhoneNumber'],
    // Two numbers in one cell.
    ['44221\n44222', 'LU', 'KeyNotAPhoneNumber'],
    ['44221\r\n44222', 'LU', 'KeyNotAPhoneNumber'],
    ['44221\t44222', 'LU', 'KeyNotAPhoneNumber'],
    ['44221\u202844222', 'LU', 'KeyNotAPhoneNumber'],
    ['030 12345/23456', 'DE', 'KeyNotAPhoneNumber'],
    ['0475 12 34 5²', 'BE', 'KeyNotAPhoneNumber'],
    ['+1 800 FLOWERS', 'US', 'KeyNotAPhoneNumber'],
  ])('%j of country %s is rejected as %s', (text, country, reject) => {
    expect(keyOf(text, country)).toEqual({ reject });
  });
});
