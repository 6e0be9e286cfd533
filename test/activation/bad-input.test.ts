import { expect, it } from 'vitest';
import type { MatchingKey } from '../../activation/definition/activation.ts';
import { canonicalKey } from '../../activation/keys/canonical.ts';
import { KEY_REJECTS } from '../../activation/keys/rejects.ts';
import { converterFor } from '../../activation/values/convert.ts';
import type { ActitoType, ColumnKind } from '../../activation/values/kinds.ts';
import { VALUE_REJECTS } from '../../activation/values/rejects.ts';

// What an engineer reads about a row whose key cannot be used.
it.each<[type: MatchingKey['type'], text: string | null, words: string]>([
  ['email', null, 'The matching key is null or empty.'],
  ['phone', ' ', 'The matching key is null or empty.'],
  ['externalId', '', 'The matching key is null or empty.'],
  ['email', `anna@${'a'.repeat(250)}.be`, 'The matching key has more than 255 characters.'],
  ['externalId', 'x'.repeat(256), 'The matching key has more than 255 characters.'],
  ['email', 'anna@shop', 'The matching key is not an e-mail address: expected name@domain.tld.'],
  [
    'email',
    'andré@shop.be',
    'The part of the e-mail address before the @ has accents or other characters that Actito refuses.',
  ],
  [
    'phone',
    '+32 475 12 34 56 ext. 7',
    'The matching key is not a phone number that can be called from abroad: too short or too long, not in use in its country, or with letters or an extension.',
  ],
  [
    'phone',
    '0475 12 34 56',
    'The phone number has no country code (such as +32), and the mapping does not say whose number it is: set matchingKey.defaultCountry, for example to BE.',
  ],
  [
    'phone',
    '+3232475123456',
    'The phone number is not certain: its digits can be read as more than one number, its area code or trunk prefix seems to be missing, or its country code stands there twice. Write it with + and its country code.',
  ],
  [
    'email',
    'an\u200bna@shop.be',
    'The matching key contains an invisible character, such as a zero-width space or a mark of writing direction.',
  ],
  ['externalId', 'C\t42', 'The matching key contains a control character, such as a tab or a line break.'],
])('a key of type %s that is %j: %s', (type, text, words) => {
  const canonical = canonicalKey({ type }, text);
  expect('reject' in canonical && KEY_REJECTS[canonical.reject]).toBe(words);
  expect(words).not.toContain(text?.trim() || '\0');
});

// What an engineer reads about a value that is left out.
it.each<[ColumnKind, ActitoType, text: string, words: string]>([
  ['text', 'STRING', 'x'.repeat(256), 'The text is longer than the attribute allows; texts are never cut.'],
  ['text', 'STRING', 'a\0b', 'The text contains a control character other than tab and line break.'],
  ['text', 'NUMBER', '1,5', 'The value is not a finite number written with digits and a decimal point.'],
  ['decimal', 'INTEGER', '1.5', 'The number has decimals, but the attribute holds whole numbers.'],
  ['integer', 'INTEGER', '99999999999', "The value lies outside what the attribute's type can hold."],
  ['text', 'BOOLEAN', 'maybe', 'The value is none of true, false, yes, no, t, f, y, n, 1 and 0.'],
  [
    'text',
    'DATE',
    '31/01/2026',
    'The value is not an existing date of the form 2026-01-31, with or without a time.',
  ],
  ['text', 'EMAIL_ADDRESS', 'anna', 'The value is not an e-mail address that Actito accepts.'],
  ['text', 'SEX', 'male', 'The value is neither M nor F.'],
  ['text', 'MOTHER_LANGUAGE', 'xx', 'The value is not a language of ISO 639-1, such as FR or fr-BE.'],
  ['text', 'COUNTRY', 'UK', 'The value is not a country of ISO 3166-1 in two letters, such as BE.'],
  ['text', 'PERSON_TITLE', 'Dr', 'The value is none of Mr, Mrs and Ms.'],
  [
    'text',
    'NUMBER',
    '1'.repeat(150),
    'The number has more digits than Actito takes (contract.numberDigits).',
  ],
])('a %s for %s that is %j: %s', (kind, type, text, words) => {
  const converted = converterFor({ name: 'c', kind, databaseType: kind }, { type })(text);
  expect('reject' in converted && VALUE_REJECTS[converted.reject]).toBe(words);
});
