import { getCountries } from 'libphonenumber-js/max';
import { isCanonicalPhone } from './fast.ts';
import { readingsOf } from './phone-readings.ts';
import { dialled } from './phone-text.ts';
import type { KeyReject } from './rejects.ts';

/**
 * Returns the canonical spelling of a phone number: E.164, `+3210458514`, as Actito documents it. `country` (e.g. `BE`)
 * is that of numbers without a country code. An uncertain number is rejected: it must be in its country's plan, and the
 * text must not have a second reading.
 */
export function canonicalPhone(text: string, country?: string): { key: string } | { reject: KeyReject } {
  const number = dialled(text);
  if (number === '') return { reject: 'KeyMissing' };
  if (number === null) return { reject: 'KeyNotAPhoneNumber' };
  if (isCanonical(number)) return { key: number };
  const { certain, doubtful, lacksCountry } = readingsOf(number, country);
  const [key, another] = [...certain, ...doubtful];
  if (key === undefined) return { reject: lacksCountry ? 'KeyCountryMissing' : 'KeyNotAPhoneNumber' };
  if (another !== undefined || doubtful.size > 0) return { reject: 'KeyPhoneUncertain' };
  // If a number may begin with 0 (Italy), the result must stay the same when it is read again.
  return isCanonical(key) || isSame(key) ? { key } : { reject: 'KeyPhoneUncertain' };
}

/** Returns all numbers that a text may mean, including doubtful ones, for finding everyone it may name. */
export function possiblePhones(text: string, country?: string): string[] {
  const number = dialled(text);
  if (!number) return [];
  const { certain, doubtful } = readingsOf(number, country);
  return [...certain, ...doubtful];
}

function isSame(key: string): boolean {
  const { certain, doubtful } = readingsOf(key);
  return certain.size === 1 && doubtful.size === 0 && certain.has(key);
}

function isCanonical(text: string): boolean {
  const bytes = Buffer.from(text);
  return isCanonicalPhone(bytes, 0, bytes.length);
}

const COUNTRIES: ReadonlySet<string> = new Set(getCountries());

/** True for a country (two capital letters of ISO 3166) with a known numbering plan. */
export function isPhoneCountry(country: string): boolean {
  return COUNTRIES.has(country);
}

/** Returns the country that was meant by `be`, `UK` or `Belgium`, if it can be determined. */
export function meantCountry(text: string): string | undefined {
  const names = new Intl.DisplayNames(['en'], { type: 'region' });
  const upper = text.trim().toUpperCase();
  // A locale maps UK to GB.
  const region = /^[A-Z]{2}$/.test(upper) ? new Intl.Locale(`und-${upper}`).region : undefined;
  return [...COUNTRIES].find((country) => country === region || names.of(country)?.toUpperCase() === upper);
}
