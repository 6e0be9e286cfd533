/*
 * libphonenumber with its `max` metadata: `mobile` refuses landlines (Actito's own documented example, +3210458514, is
 * one), `min` knows lengths but hardly any number plan, so it lets typing errors through.
 */
import {
  getCountries,
  ParseError,
  parsePhoneNumberWithError,
  type CountryCode,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import { isCanonicalPhone } from './fast.ts';
import type { KeyReject } from './rejects.ts';

/** E.164: a plus sign, at most 15 digits, no zero in front. Fewer than 7 are short codes of some network. */
const E164 = /^\+[1-9]\d{6,14}$/;

/**
 * The one spelling of a phone number under which a member is known: E.164, `+3210458514`, as Actito documents it.
 * `country` (e.g. `BE`) is whose numbers those without a country code are.
 *
 * A text that is E.164 already (`isCanonicalPhone`) is believed and not asked about: number plans change, and an
 * upgrade of libphonenumber must not take a member off a list. All else must be a possible and valid number. An
 * extension is refused, since without it two people would become one.
 */
export function canonicalPhone(text: string, country?: string): { key: string } | { reject: KeyReject } {
  const trimmed = text.normalize('NFKC').trim(); // full-width digits and unusual blanks become plain ones
  if (trimmed === '') return { reject: 'KeyMissing' };
  if (isCanonical(trimmed)) return { key: trimmed };
  const found = toE164(trimmed, country);
  if ('reject' in found) return found;
  // Where a number may begin with 0 (Italy), what was found must stay what it is when it is read again.
  const again = isCanonical(found.key) ? found : toE164(found.key);
  return 'key' in again && again.key === found.key ? found : { reject: 'KeyNotAPhoneNumber' };
}

function isCanonical(text: string): boolean {
  const bytes = Buffer.from(text);
  return isCanonicalPhone(bytes, 0, bytes.length);
}

function toE164(text: string, country?: string): { key: string } | { reject: KeyReject } {
  const number = parse(text, country);
  if ('reject' in number) return number;
  const isUsable = number.isPossible() && number.isValid() && !number.ext && E164.test(number.number);
  return isUsable ? { key: number.number } : { reject: 'KeyNotAPhoneNumber' };
}

function parse(text: string, country?: string): PhoneNumber | { reject: KeyReject } {
  // 00 is the international prefix that the ITU recommends; a country may have another, and then has the say.
  const international = country === undefined ? text.replace(/^00/, '+') : text;
  try {
    return parsePhoneNumberWithError(international, {
      defaultCountry: country as CountryCode | undefined,
      extract: false,
    });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const lacksCountry = error.message === 'INVALID_COUNTRY' && !international.startsWith('+');
    return { reject: lacksCountry ? 'KeyCountryMissing' : 'KeyNotAPhoneNumber' };
  }
}

const COUNTRIES: ReadonlySet<string> = new Set(getCountries());

/** True for a country (two capital letters of ISO 3166) whose number plan is known. */
export function isPhoneCountry(country: string): boolean {
  return COUNTRIES.has(country);
}

/** The country that somebody meant by `be`, `UK` or `Belgium`, if that can be told. */
export function meantCountry(text: string): string | undefined {
  const names = new Intl.DisplayNames(['en'], { type: 'region' });
  const upper = text.trim().toUpperCase();
  // A locale knows that UK is written GB.
  const region = /^[A-Z]{2}$/.test(upper) ? new Intl.Locale(`und-${upper}`).region : undefined;
  return [...COUNTRIES].find((country) => country === region || names.of(country)?.toUpperCase() === upper);
}
