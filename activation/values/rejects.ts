/** Why a value cannot be sent, in words for people; the value itself never stands in a message. */
export const VALUE_REJECTS = {
  ValueTooLong: 'The text is longer than the attribute allows; texts are never cut.',
  ValueHasControlCharacter: 'The text contains a control character other than tab and line break.',
  ValueNotANumber: 'The value is not a finite number written with digits and a decimal point.',
  ValueNotWhole: 'The number has decimals, but the attribute holds whole numbers.',
  ValueOutOfRange: "The value lies outside what the attribute's type can hold.",
  ValueNotABoolean: 'The value is none of true, false, yes, no, t, f, y, n, 1 and 0.',
  ValueNotADate: 'The value is not an existing date of the form 2026-01-31, with or without a time.',
  ValueNotAnEmail: 'The value is not an e-mail address that Actito accepts.',
  ValueNotASex: 'The value is neither M nor F.',
  ValueNotALanguage: 'The value is not a language code of two letters, such as FR or fr-BE.',
} as const;

/** Reason codes of rejected values, as they are stored and counted. */
export type ValueReject = keyof typeof VALUE_REJECTS;

/** A value in Actito's format, or why there is none. */
export type Converted = { value: string } | { reject: ValueReject };

/** Turns the warehouse's text of a value (never null) into Actito's format. */
export type Converter = (text: string) => Converted;
