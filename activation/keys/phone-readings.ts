import {
  getCountryCallingCode,
  Metadata,
  ParseError,
  parsePhoneNumberWithError,
  type CountryCode,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import { withAndWithoutTrunk } from './phone-text.ts';

/**
 * E.164: a plus sign, at most 15 digits, no leading zero. Numbers with fewer than 7 digits are short codes of a
 * network.
 */
const E164 = /^\+[1-9]\d{6,14}$/;
/** Local numbers have fewer digits. */
const FEWEST_WITHOUT_TRUNK = 9;
/** On 3 August 2019, Mexico dropped the 1 before mobile numbers, and 01, 044 and 045. The rest is the same number. */
const MEXICO = { code: '52', international: /^1(\d{10})$/, national: /^(?:1|01|044|045)(\d{10})$/ };

/** The numbers that a text may mean, in E.164. A single `certain` one is the number. */
export interface Readings {
  certain: Set<string>;
  /** Other numbers that it may mean, for example if a digit is missing or superfluous. */
  doubtful: Set<string>;
  /** The number needs a country, and none is known. */
  lacksCountry: boolean;
}

/** Reads a number as it is dialed (see `dialled`); `country` is that of numbers without a country code. */
export function readingsOf(number: string, country?: string): Readings {
  const readings: Readings = { certain: new Set(), doubtful: new Set(), lacksCountry: false };
  for (const text of withAndWithoutTrunk(number)) {
    const digits = text.replace(/\D/g, '');
    if (text.startsWith('+')) readInternational(digits, readings);
    else if (country !== undefined) readNational(digits, country as CountryCode, readings);
    // 00 is the international prefix that the ITU recommends. If a country has another one, that takes precedence.
    else if (digits.startsWith('00')) readInternational(digits.slice(2), readings);
    else readings.lacksCountry = true;
  }
  for (const key of readings.certain) readings.doubtful.delete(key);
  return readings;
}

/** Digits that begin with a calling code. */
function readInternational(digits: string, { certain, doubtful }: Readings): void {
  const written = parse(`+${digits}`);
  const code = written?.countryCallingCode;
  const mexican = code === MEXICO.code ? MEXICO.international.exec(digits.slice(code.length)) : null;
  if (mexican) {
    readInternational(MEXICO.code + mexican[1], { certain, doubtful, lacksCountry: false });
    return;
  }
  const twice =
    code && digits.startsWith(code + code) ? usable(parse(`+${digits.slice(code.length)}`)) : null;
  const once = usable(written);
  // Leer has the area code 491: +49 491 713920012 is a number there. But +49 171 3920012 is a mobile phone.
  const isDoubled = twice !== null && (once === null || (isMobile(twice) && !isMobile(once)));
  if (once) (isDoubled ? doubtful : certain).add(once.number);
  if (isDoubled) doubtful.add(twice.number);
}

/**
 * Reads digits that are dialed in a country: with its international prefix, with its own code and no plus sign, or
 * nationally.
 */
function readNational(digits: string, country: CountryCode, readings: Readings): void {
  const prefix = internationalPrefix(country).exec(digits);
  if (prefix) {
    readInternational(digits.slice(prefix[0].length), readings);
    return;
  }
  const { certain, doubtful } = readings;
  const code = String(getCountryCallingCode(country));
  const coded: Readings = { certain: new Set(), doubtful: new Set(), lacksCountry: false };
  if (digits.startsWith(code)) readInternational(digits, coded);
  for (const key of coded.certain) certain.add(key);
  for (const key of coded.doubtful) doubtful.add(key);

  const mexican = code === MEXICO.code ? MEXICO.national.exec(digits) : null;
  const home = usable(parse(mexican ? mexican[1]! : digits, country));
  if (!home || home.countryCallingCode !== code || followsCode(digits, home)) return;
  if (mexican || isWrittenInFull(digits, home)) certain.add(home.number);
  // A landline number without its trunk prefix may be a local number of any town, but not if it is a mobile number
  // after the code.
  else if (coded.certain.size === 0 || isMobile(home) || !areMobile(coded.certain)) doubtful.add(home.number);
}

/** Whether the national reading begins after the country's own code, because the library looks for one, too. */
function followsCode(digits: string, { countryCallingCode, nationalNumber }: PhoneNumber): boolean {
  if (digits === nationalNumber || !digits.startsWith(countryCallingCode)) return false;
  return digits.slice(countryCallingCode.length).replace(/^0+/, '') === nationalNumber.replace(/^0+/, '');
}

/**
 * Whether a nationally dialed number has all of its digits: it has its trunk prefix, or its country uses none, or it is
 * a mobile number, which has no local form.
 */
function isWrittenInFull(digits: string, home: PhoneNumber): boolean {
  const { nationalNumber } = home;
  const hasTrunk = digits.length > nationalNumber.length && digits.endsWith(nationalNumber);
  if (hasTrunk || home.formatNational().replace(/\D/g, '') === digits) return true;
  // Argentina replaces 15 after the area code with 9 before it.
  return digits.length >= FEWEST_WITHOUT_TRUNK && (isMobile(home) || digits.startsWith('0'));
}

const PREFIXES = new Map<CountryCode, RegExp>();

/** The prefix that is dialed in a country before the calling code of another one. */
function internationalPrefix(country: CountryCode): RegExp {
  let prefix = PREFIXES.get(country);
  if (!prefix) {
    const metadata = new Metadata();
    metadata.selectNumberingPlan(country);
    prefix = new RegExp(`^(?:${metadata.numberingPlan!.IDDPrefix()})(?=[1-9])`);
    PREFIXES.set(country, prefix);
  }
  return prefix;
}

function parse(text: string, defaultCountry?: CountryCode): PhoneNumber | null {
  try {
    return parsePhoneNumberWithError(text, { defaultCountry, extract: false });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return null;
  }
}

/** A number that is in its country's plan. */
function usable(number: PhoneNumber | null): PhoneNumber | null {
  return number && number.isPossible() && number.isValid() && !number.ext && E164.test(number.number)
    ? number
    : null;
}

function isMobile(number: PhoneNumber): boolean {
  return number.getType() === 'MOBILE';
}

function areMobile(keys: ReadonlySet<string>): boolean {
  return [...keys].every((key) => isMobile(parse(key)!));
}
