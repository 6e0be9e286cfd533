import { type Attribute, LONGEST_STRING, PHONE } from './attributes.ts';
import { isCountry, isLanguage } from './codes.ts';

/** Between the values of a multi-valued attribute, which are kept as one text. */
const VALUES_SEPARATOR = ',';

/** Returns what is wrong with a value (without the value itself), or nothing. */
export type Check = (value: string) => string | undefined;

/** Returns the check of a non-empty value in an import file, by the attribute's type; of each one of several. */
export function checkOf(attribute: Attribute): Check {
  const check = checkOfOne(attribute);
  if (!attribute.multiValued) return check;
  return (values) => values.split(VALUES_SEPARATOR).map(check).find(Boolean);
}

function checkOfOne(attribute: Attribute): Check {
  switch (attribute.type) {
    case 'EMAIL_ADDRESS':
      return both(lengthOf(attribute), matching(EMAIL, 'not an email address'));
    case 'BIRTHDATE':
      return isDate;
    case 'SEX':
      return matching(/^[MF]$/, 'not a sex, M or F');
    case 'MOTHER_LANGUAGE':
      return among(isLanguage, 'not a language of ISO 639-1, such as FR');
    case 'COUNTRY':
      return among(isCountry, 'not a country of ISO 3166-1, such as BE');
    case 'PERSON_TITLE':
      return matching(/^(Mr|Mrs|Ms)$/, 'not a title: Mr, Mrs or Ms');
    case 'PHONE_NUMBER':
      return phoneOf(attribute);
    case 'LASTNAME':
    case 'FIRSTNAME':
      return lengthOf(attribute);
    case 'CUSTOM':
      return checkOfCustom(attribute);
  }
}

function checkOfCustom(attribute: Attribute): Check {
  if (attribute.name === PHONE) return phoneOf(attribute);
  switch (attribute.valueType) {
    case 'INTEGER':
      return wholeNumber(32);
    case 'LONG':
      return wholeNumber(64);
    case 'NUMBER':
      return matching(/^-?\d{1,100}(\.\d{1,100})?$/, 'not a number such as -12.50');
    case 'BOOLEAN':
      return matching(/^(TRUE|FALSE|1|0|Y|N)$/, 'not a boolean: TRUE, FALSE, 1, 0, Y or N');
    case 'DATE':
      return isDate;
    case 'TIMESTAMP':
      return isTimestamp;
    default:
      return lengthOf(attribute);
  }
}

/**
 * The local part is ASCII, without a dot at either end and without consecutive dots. The domain's suffix has at least
 * two characters.
 */
const EMAIL =
  /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@([A-Za-z0-9](-*[A-Za-z0-9])*\.)+[A-Za-z](-*[A-Za-z0-9])+$/;

/** E.164: a plus, a country code, at most 15 digits in total. */
const INTERNATIONAL = /^\+[1-9]\d{6,14}$/;

function phoneOf(attribute: Attribute): Check {
  const format = matching(INTERNATIONAL, 'not an international phone number, +3210458514');
  return both(lengthOf(attribute), format);
}

function matching(pattern: RegExp, complaint: string): Check {
  return (value) => (pattern.test(value) ? undefined : complaint);
}

function among(isKnown: (value: string) => boolean, complaint: string): Check {
  return (value) => (isKnown(value) ? undefined : complaint);
}

function both(first: Check, second: Check): Check {
  return (value) => first(value) ?? second(value);
}

/** The length in UTF-16 units, like in Java, because Actito does not document its unit. */
function lengthOf({
  valueRestriction: { maxLength = LONGEST_STRING, minLength = 0 } = {},
}: Attribute): Check {
  return (value) => {
    if (value.length > maxLength) return `longer than ${maxLength} characters`;
    return value.length < minLength ? `shorter than ${minLength} characters` : undefined;
  };
}

function wholeNumber(bits: number): Check {
  const complaint = `not a whole number of ${bits} bits`;
  return (value) =>
    /^-?\d{1,9}$/.test(value) ||
    (/^-?\d{1,19}$/.test(value) && BigInt.asIntN(bits, BigInt(value)) === BigInt(value))
      ? undefined
      : complaint;
}

function isDate(value: string): string | undefined {
  const exists = /^\d{4}-\d\d-\d\d$/.test(value) && isDay(value);
  return exists ? undefined : 'not a date yyyy-MM-dd';
}

function isTimestamp(value: string): string | undefined {
  const exists = /^\d{4}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(value) && isDay(value);
  return exists ? undefined : 'not a timestamp yyyy-MM-dd HH:mm:ss';
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether the date at the start of a text exists. `Date` is slower, and accepts 2025-02-30. */
function isDay(text: string): boolean {
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))];
  const isLeapDay = month === 2 && day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeapDay || (day >= 1 && day <= (DAYS[month - 1] ?? 0));
}
