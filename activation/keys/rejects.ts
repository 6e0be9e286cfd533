/** Why a row's key cannot be used, in words for people; the key itself never stands in a message. */
export const KEY_REJECTS = {
  KeyMissing: 'The matching key is null or empty.',
  KeyTooLong: 'The matching key has more than 255 characters.',
  KeyMalformed: 'The matching key is not an e-mail address: expected name@domain.tld.',
  KeyNotAscii:
    'The part of the e-mail address before the @ has accents or other characters that Actito refuses.',
  KeyNotAPhoneNumber:
    'The matching key is not a phone number that can be called from abroad: too short or too long, not in use in ' +
    'its country, or with letters or an extension.',
  KeyCountryMissing:
    'The phone number has no country code (such as +32), and the mapping does not say whose number it is: set ' +
    'matchingKey.country, for example to BE.',
  KeyHasControlCharacter: 'The matching key contains a control character, such as a tab or a line break.',
} as const;

/** Reason codes of rejected keys, as they are stored and counted. */
export type KeyReject = keyof typeof KEY_REJECTS;
