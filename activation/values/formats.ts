import type { ActitoType } from './kinds.ts';

/** What an attribute can hold although its type says STRING. */
export const FORMATS = ['text', 'phone', 'email', 'language', 'country', 'sex', 'title'] as const;
export type Format = (typeof FORMATS)[number];

/** Which type the values of a format have. */
export const TYPE_OF_FORMAT: Record<Format, ActitoType> = {
  text: 'STRING',
  phone: 'PHONE',
  email: 'EMAIL_ADDRESS',
  language: 'MOTHER_LANGUAGE',
  country: 'COUNTRY',
  sex: 'SEX',
  title: 'PERSON_TITLE',
};

/** D: the mobile phone is no type of its own in a profile table; its values are international phone numbers. */
const STANDARD: Readonly<Record<string, Format>> = { gsmNumber: 'phone' };

/** What a CUSTOM attribute holds by its name; undefined: what its type says. */
export function formatOf(attribute: string, formats: Readonly<Record<string, Format>>): Format | undefined {
  return Object.hasOwn(formats, attribute) ? formats[attribute] : STANDARD[attribute];
}
