import { always, message } from './message.ts';

/** Why a row's key cannot be used. A message never contains the key. */
export const KEY_REJECT_MESSAGES = {
  KeyMissing: always('The matching key is null or empty.'),
  KeyTooLong: always('The matching key is longer than 255 characters.'),
  KeyMalformed: always('The matching key is not an email address such as name@example.com.'),
  KeyNotAscii: always(
    'The part of the email address before the @ has accents or other characters that Actito rejects.',
  ),
  KeyNotAPhoneNumber: always(
    'The matching key is not a valid international phone number: it is too short or too long, is not assigned in its ' +
      'country, or contains letters or an extension.',
  ),
  KeyPhoneUncertain: always(
    'The phone number is ambiguous: its digits match more than one number, its area code or trunk prefix seems to be ' +
      'missing, or its country code is repeated. Write it with + and its country code.',
  ),
  KeyCountryMissing: always(
    'The phone number has no country code (such as +32), and the mapping has no country. Set matchingKey.defaultCountry, for ' +
      'example BE.',
  ),
  KeyHasControlCharacter: always(
    'The matching key contains a control character, such as a tab or a line break.',
  ),
  KeyHasInvisibleCharacter: always(
    'The matching key contains an invisible character, such as a zero-width space or a text direction mark.',
  ),
  KeyNotText: always('The matching key is not valid UTF-8.'),
  KeyNotWhole: always('The matching key is a number with decimals; a key must be a whole number.'),
};

/** Why a value cannot be sent. A message never contains the value. */
export const VALUE_REJECT_MESSAGES = {
  ValueTooLong: always('The text is longer than the attribute allows. Text is never truncated.'),
  ValueTooShort: always('The text is shorter than the attribute allows.'),
  ValueHasControlCharacter: always('The text contains a control character other than tab and line break.'),
  ValueNotText: always('The text is not valid UTF-8.'),
  ValueNotANumber: always('The value is not a finite number written with digits and a decimal point.'),
  ValueNotWhole: always('The number has decimals, but the attribute holds whole numbers.'),
  ValueTooManyDigits: always('The number has more digits than Actito accepts (contract.numberDigits).'),
  ValueOutOfRange: always("The value is out of range for the attribute's type."),
  ValueNotABoolean: always('The value must be true, false, yes, no, t, f, y, n, 1 or 0.'),
  ValueNotADate: always('The value is not a valid date such as 2026-01-31, with or without a time.'),
  ValueZoneUnknown: always(
    'The value depends on a time zone. Set timezone (for example Europe/Brussels) in project.yaml, in the activation or ' +
      'for the attribute.',
  ),
  ValueNotInZone: always(
    'This local time does not exist in the time zone of the mapping: the clocks skipped it when daylight saving time started.',
  ),
  ValueNotAnEmail: always('The value is not an email address that Actito accepts.'),
  ValueNotASex: always('The value must be M or F.'),
  ValueNotATitle: always('The value must be Mr, Mrs or Ms.'),
  ValueNotALanguage: always('The value is not an ISO 639-1 language such as FR or fr-BE.'),
  ValueNotACountry: always('The value is not a two-letter ISO 3166-1 country code such as BE.'),
  ValueNotAPhoneNumber: always(
    'The value is not a valid international phone number: it is too short or too long, is not assigned in its country, or ' +
      'contains letters or an extension.',
  ),
  ValueRefused: always(
    'Actito rejected this value in an earlier run. It is not sent again until it changes, or until a resync.',
  ),
  ValueCountryMissing: always(
    'The phone number has no country code (such as +32), and the mapping has no country. Set defaultCountry (for example BE) in ' +
      'project.yaml, in the activation or for the attribute.',
  ),
};

/** Why a member's attributes are not in Actito although the key is valid: because of the segment, or of Actito. */
export const MEMBER_REJECT_MESSAGES = {
  AmbiguousValues: always(
    'Several rows of the segment have this key but different values. The member is on the list, but no attributes are sent.',
  ),
  INVALID_VALUE: always(
    'Actito rejected a value. If the reject names the attribute, the other attributes of the row were sent again without ' +
      'it, or are sent by the next run. Otherwise, Actito rejected the whole row.',
  ),
  REFUSED: always('Actito rejected the row and gave no valid code.'),
  /** Members without exactly one profile in Actito. This is a temporary state, not a reject. */
  Unmatched: always('Actito has no profile with this key.'),
};

/** Reason codes of rejected keys, as they are stored and counted. */
export type KeyReject = keyof typeof KEY_REJECT_MESSAGES;
/** Reason codes of rejected values, as they are stored and counted. */
export type ValueReject = keyof typeof VALUE_REJECT_MESSAGES;
/** Every reason code with a sentence of its own; Actito may report others. */
export type RejectReason = KeyReject | ValueReject | keyof typeof MEMBER_REJECT_MESSAGES;

/** All reasons why rows and values could not be used. Their names are the codes that the state stores. */
export const REJECT_MESSAGES = {
  ...KEY_REJECT_MESSAGES,
  ...VALUE_REJECT_MESSAGES,
  ...MEMBER_REJECT_MESSAGES,
  refusedByActito: message({
    examples: [{ code: 'DUPLICATE_ROW' }],
    says: ({ code }) => `Actito rejected the row with code ${code}.`,
  }),
};
