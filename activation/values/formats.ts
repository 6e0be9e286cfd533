import type { ActitoType } from './kinds.ts';

/** What an attribute of type STRING can contain. */
export const FORMATS = ['text', 'phone', 'email', 'language', 'country', 'sex', 'title'] as const;
export type Format = (typeof FORMATS)[number];

/** The type of the values of a format. */
export const TYPE_OF_FORMAT: Record<Format, ActitoType> = {
  text: 'STRING',
  phone: 'PHONE',
  email: 'EMAIL_ADDRESS',
  language: 'MOTHER_LANGUAGE',
  country: 'COUNTRY',
  sex: 'SEX',
  title: 'PERSON_TITLE',
};

/** D: the mobile phone has no type of its own in a profile table; its values are international phone numbers. */
const STANDARD: Readonly<Record<string, Format>> = { gsmNumber: 'phone' };

/** Returns the format of a CUSTOM attribute by its name; undefined if only its type counts. */
export function formatOf(attribute: string, formats: Readonly<Record<string, Format>>): Format | undefined {
  return Object.hasOwn(formats, attribute) ? formats[attribute] : STANDARD[attribute];
}
