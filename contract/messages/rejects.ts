import { always, message } from './message.ts';

/** Why a row's key cannot be used; the key itself never stands in a message. */
export const KEY_REJECT_MESSAGES = {
  KeyMissing: always('The matching key is null or empty.'),
  KeyTooLong: always('The matching key has more than 255 characters.'),
  KeyMalformed: always('The matching key is not an e-mail address: expected name@domain.tld.'),
  KeyNotAscii: always(
    'The part of the e-mail address before the @ has accents or other characters that Actito refuses.',
  ),
  KeyNotAPhoneNumber: always(
    'The matching key is not a phone number that can be called from abroad: too short or too long, not in use in ' +
      'its country, or with letters or an extension.',
  ),
  KeyPhoneUncertain: always(
    'The phone number is not certain: its digits can be read as more than one number, its area code or trunk prefix ' +
      'seems to be missing, or its country code stands there twice. Write it with + and its country code.',
  ),
  KeyCountryMissing: always(
    'The phone number has no country code (such as +32), and the mapping does not say whose number it is: set ' +
      'matchingKey.defaultCountry, for example to BE.',
  ),
  KeyHasControlCharacter: always(
    'The matching key contains a control character, such as a tab or a line break.',
  ),
  KeyHasInvisibleCharacter: always(
    'The matching key contains an invisible character, such as a zero-width space or a mark of writing direction.',
  ),
  KeyNotText: always('The matching key has bytes that are no UTF-8.'),
  KeyNotWhole: always('The matching key is a number that is not whole: only a whole number can be a key.'),
};

/** Why a value cannot be sent; the value itself never stands in a message. */
export const VALUE_REJECT_MESSAGES = {
  ValueTooLong: always('The text is longer than the attribute allows; texts are never cut.'),
  ValueTooShort: always('The text is shorter than the attribute allows.'),
  ValueHasControlCharacter: always('The text contains a control character other than tab and line break.'),
  ValueNotText: always('The text has bytes that are no UTF-8.'),
  ValueNotANumber: always('The value is not a finite number written with digits and a decimal point.'),
  ValueNotWhole: always('The number has decimals, but the attribute holds whole numbers.'),
  ValueTooManyDigits: always('The number has more digits than Actito takes (contract.numberDigits).'),
  ValueOutOfRange: always("The value lies outside what the attribute's type can hold."),
  ValueNotABoolean: always('The value is none of true, false, yes, no, t, f, y, n, 1 and 0.'),
  ValueNotADate: always('The value is not an existing date of the form 2026-01-31, with or without a time.'),
  ValueZoneUnknown: always(
    'The value depends on a time zone: set timezone, for example to Europe/Brussels, in project.yaml, in the activation ' +
      'or at the attribute.',
  ),
  ValueNotInZone: always(
    'Clocks in the time zone of the mapping never showed this time, since they were set forward over it.',
  ),
  ValueNotAnEmail: always('The value is not an e-mail address that Actito accepts.'),
  ValueNotASex: always('The value is neither M nor F.'),
  ValueNotATitle: always('The value is none of Mr, Mrs and Ms.'),
  ValueNotALanguage: always('The value is not a language of ISO 639-1, such as FR or fr-BE.'),
  ValueNotACountry: always('The value is not a country of ISO 3166-1 in two letters, such as BE.'),
  ValueNotAPhoneNumber: always(
    'The value is not a phone number that can be called from abroad: too short or too long, not in use in its country, ' +
      'or with letters or an extension.',
  ),
  ValueRefused: always(
    'Actito refused this value in an earlier run: it is left out until it changes, or until a resync.',
  ),
  ValueCountryMissing: always(
    'The phone number has no country code (such as +32), and the mapping does not say whose number it is: set defaultCountry, ' +
      'for example to BE, in project.yaml, in the activation or at the attribute.',
  ),
};

/** Why a member's attributes are not in Actito although the key is good: by its segment, or by Actito. */
export const MEMBER_REJECT_MESSAGES = {
  AmbiguousValues: always(
    'Several rows of the segment have this key and different values: on the list, but no attributes are sent.',
  ),
  INVALID_VALUE: always(
    'Actito refused a value. If the reject names its attribute, the other attributes of the row were sent again without ' +
      'it, or go with the next run; if not, none of the row was taken.',
  ),
  REFUSED: always('Actito refused the row with a code that is none.'),
  /** The class of members that Actito has no profile of. It is a state that passes, not a reject. */
  Unmatched: always('Actito has no profile with this key.'),
};

/** Reason codes of rejected keys, as they are stored and counted. */
export type KeyReject = keyof typeof KEY_REJECT_MESSAGES;
/** Reason codes of rejected values, as they are stored and counted. */
export type ValueReject = keyof typeof VALUE_REJECT_MESSAGES;
/** Every reason code that has a sentence of its own; Actito may say others. */
export type RejectReason = KeyReject | ValueReject | keyof typeof MEMBER_REJECT_MESSAGES;

/** Why rows and values could not be used: their names are the codes that the state keeps. */
export const REJECT_MESSAGES = {
  ...KEY_REJECT_MESSAGES,
  ...VALUE_REJECT_MESSAGES,
  ...MEMBER_REJECT_MESSAGES,
  refusedByActito: message({
    examples: [{ code: 'DUPLICATE_ROW' }],
    says: ({ code }) => `Actito refused the row and said ${code}.`,
  }),
};
