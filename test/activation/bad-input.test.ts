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
  ['email', `anna@${'a'.repeat(250)}.be`, 'The matching key is longer than 255 characters.'],
  ['externalId', 'x'.repeat(256), 'The matching key is longer than 255 characters.'],
  ['email', 'anna@shop', 'The matching key is not an email address such as name@example.com.'],
  [
    'email',
    'andré@shop.be',
    'The part of the email address before the @ has accents or other characters that Actito rejects.',
  ],
  [
    'phone',
    '+32 475 12 34 56 ext. 7',
    'The matching key is not a valid international phone number: it is too short or too long, is not assigned in its country, or contains letters or an extension.',
  ],
  [
    'phone',
    '0475 12 34 56',
    'The phone number has no country code (such as +32), and the mapping has no country. Set matchingKey.defaultCountry, for example BE.',
  ],
  [
    'phone',
    '+3232475123456',
    'The phone number is ambiguous: its digits match more than one number, its area code or trunk prefix seems to be missing, or its country code is repeated. Write it with + and its country code.',
  ],
  [
    'email',
    'an\u200bna@shop.be',
    'The matching key contains an invisible character, such as a zero-width space or a text direction mark.',
  ],
  ['externalId', 'C\t42', 'The matching key contains a control character, such as a tab or a line break.'],
])('a key of type %s with the text %j: %s', (type, text, words) => {
  const canonical = canonicalKey({ type }, text);
  expect('reject' in canonical && KEY_REJECTS[canonical.reject]).toBe(words);
  expect(words).not.toContain(text?.trim() || '\0');
});

// What an engineer reads about a value that is left out.
it.each<[ColumnKind, ActitoType, text: string, words: string]>([
  [
    'text',
    'STRING',
    'x'.repeat(256),
    'The text is longer than the attribute allows. Text is never truncated.',
  ],
  ['text', 'STRING', 'a\0b', 'The text contains a control character other than tab and line break.'],
  ['text', 'NUMBER', '1,5', 'The value is not a finite number written with digits and a decimal point.'],
  ['decimal', 'INTEGER', '1.5', 'The number has decimals, but the attribute holds whole numbers.'],
  ['integer', 'INTEGER', '99999999999', "The value is out of range for the attribute's type."],
  ['text', 'BOOLEAN', 'maybe', 'The value must be true, false, yes, no, t, f, y, n, 1 or 0.'],
  ['text', 'DATE', '31/01/2026', 'The value is not a valid date such as 2026-01-31, with or without a time.'],
  ['text', 'EMAIL_ADDRESS', 'anna', 'The value is not an email address that Actito accepts.'],
  ['text', 'SEX', 'male', 'The value must be M or F.'],
  ['text', 'MOTHER_LANGUAGE', 'xx', 'The value is not an ISO 639-1 language such as FR or fr-BE.'],
  ['text', 'COUNTRY', 'UK', 'The value is not a two-letter ISO 3166-1 country code such as BE.'],
  ['text', 'PERSON_TITLE', 'Dr', 'The value must be Mr, Mrs or Ms.'],
  [
    'text',
    'NUMBER',
    '1'.repeat(150),
    'The number has more digits than Actito accepts (contract.numberDigits).',
  ],
])('a %s for %s with the text %j: %s', (kind, type, text, words) => {
  const converted = converterFor({ name: 'c', kind, databaseType: kind }, { type })(text);
  expect('reject' in converted && VALUE_REJECTS[converted.reject]).toBe(words);
});
