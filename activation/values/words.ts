import { canonicalEmail } from '../keys/email.ts';
import type { Converter } from './rejects.ts';
import { isLongerThan } from './text.ts';

/** Actito's own limit on texts (developers.actito.com: String ≤ 255). */
export const DEFAULT_MAX_LENGTH = 255;

// Tab and line breaks survive in a quoted CSV field; the other control characters have no place in an e-mail.
const CONTROL_CHARACTER = /(?![\t\n\r])\p{Cc}/u;

/** STRING: the text as it is, or no text at all: a cut text is a wrong text. */
export function toText(maxLength = DEFAULT_MAX_LENGTH): Converter {
  return (text) => {
    if (isLongerThan(text, maxLength)) return { reject: 'ValueTooLong' };
    return CONTROL_CHARACTER.test(text) ? { reject: 'ValueHasControlCharacter' } : { value: text };
  };
}

/** BOOLEAN: `TRUE` or `FALSE`, from the words that databases and people write. */
export const toBoolean: Converter = (text) => {
  const word = text.trim();
  if (/^(?:true|t|yes|y|1)$/i.test(word)) return { value: 'TRUE' };
  if (/^(?:false|f|no|n|0)$/i.test(word)) return { value: 'FALSE' };
  return { reject: 'ValueNotABoolean' };
};

/** EMAIL_ADDRESS: in the same spelling as a matching key. */
export const toEmail: Converter = (text) => {
  const canonical = canonicalEmail(text);
  return 'key' in canonical ? { value: canonical.key } : { reject: 'ValueNotAnEmail' };
};

/** SEX: `M` or `F`. */
export const toSex: Converter = (text) => {
  const word = text.trim().toUpperCase();
  return word === 'M' || word === 'F' ? { value: word } : { reject: 'ValueNotASex' };
};

/** MOTHER_LANGUAGE: ISO 639-1 in upper case; the region of a locale (`fr-BE`, `fr_BE`) is left out. */
export const toLanguage: Converter = (text) => {
  const language = /^([a-z]{2})(?:[-_][a-z0-9_-]+)?$/i.exec(text.trim())?.[1];
  return language ? { value: language.toUpperCase() } : { reject: 'ValueNotALanguage' };
};
