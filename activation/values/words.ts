import { canonicalEmail } from '../keys/email.ts';
import { canonicalPhone } from '../keys/phone.ts';
import { COUNTRY_CODES, LANGUAGE_CODES } from './codes.ts';
import type { Converter } from './rejects.ts';
import { NOT_TEXT } from './text.ts';

// Tab and line breaks are valid in a quoted CSV field; the other control characters must not be in an e-mail.
const CONTROL_CHARACTER = /(?![\t\n\r])\p{Cc}/u;

/** STRING: the text unchanged, or a rejection. */
export const toText: Converter = (text) => {
  if (text.includes(NOT_TEXT)) return { reject: 'ValueNotText' };
  return CONTROL_CHARACTER.test(text) ? { reject: 'ValueHasControlCharacter' } : { value: text };
};

/** BOOLEAN: `TRUE` or `FALSE`, from the words that databases and people write. */
export const toBoolean: Converter = (text) => {
  const word = text.trim();
  if (/^(?:true|t|yes|y|1)$/i.test(word)) return { value: 'TRUE' };
  if (/^(?:false|f|no|n|0)$/i.test(word)) return { value: 'FALSE' };
  return { reject: 'ValueNotABoolean' };
};

/** EMAIL_ADDRESS: in the same spelling as a matching key; all ASCII, because Actito's syntax has no other letters. */
export const toEmail: Converter = (text) => {
  const canonical = canonicalEmail(text);
  const isAccepted = 'key' in canonical && /^[\x21-\x7e]+$/.test(canonical.key);
  return isAccepted ? { value: canonical.key } : { reject: 'ValueNotAnEmail' };
};

/** PHONE: international, `+3210458514`. `country` is that of numbers without a country code. */
export function toPhoneOf(country: string | undefined): Converter {
  return (text) => {
    const canonical = canonicalPhone(text, country);
    if ('key' in canonical) return { value: canonical.key };
    return {
      reject: canonical.reject === 'KeyCountryMissing' ? 'ValueCountryMissing' : 'ValueNotAPhoneNumber',
    };
  };
}

/** SEX: `M` or `F`. */
export const toSex: Converter = (text) => {
  const word = text.trim().toUpperCase();
  return word === 'M' || word === 'F' ? { value: word } : { reject: 'ValueNotASex' };
};

const TITLES: Readonly<Record<string, string>> = { mr: 'Mr', mrs: 'Mrs', ms: 'Ms' };

/** PERSON_TITLE: `Mr`, `Mrs` or `Ms`; a full stop after it is left out. */
export const toTitle: Converter = (text) => {
  const word = text.trim().replace(/\.$/, '').toLowerCase();
  return Object.hasOwn(TITLES, word) ? { value: TITLES[word]! } : { reject: 'ValueNotATitle' };
};

/** MOTHER_LANGUAGE: ISO 639-1 in upper case; the region of a locale (`fr-BE`, `fr_BE`) is left out. */
export const toLanguage: Converter = (text) => {
  const language = /^([a-z]{2})(?:[-_][a-z0-9_-]+)?$/i.exec(text.trim())?.[1]?.toUpperCase();
  const isKnown = language !== undefined && LANGUAGE_CODES.has(language);
  return isKnown ? { value: language } : { reject: 'ValueNotALanguage' };
};

/** COUNTRY: ISO 3166-1 alpha-2 in upper case. */
export const toCountry: Converter = (text) => {
  const country = text.trim();
  const isKnown = /^[a-z]{2}$/i.test(country) && COUNTRY_CODES.has(country.toUpperCase());
  return isKnown ? { value: country.toUpperCase() } : { reject: 'ValueNotACountry' };
};
