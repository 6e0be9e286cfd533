import { Failure } from '../../contract/failure.ts';
import {
  numberTextWriter,
  numberWriter,
  textWriter,
  writeBoolean,
  writeCountry,
  writeEmail,
  writeInteger,
  writeLanguage,
  writeLong,
  writePhone,
  writeSex,
  writeTitle,
  type FastWriter,
} from './fast.ts';
import { dateWriter, timestampWriter, writeTimestamp } from './fast-moments.ts';
import type { ActitoType, Column, ColumnKind } from './kinds.ts';
import { DEFAULT_MAX_LENGTH, within } from './limits.ts';
import { toDateIn, toTimestamp, toTimestampIn } from './moments.ts';
import { toInteger, toLong, toNumberWithin } from './numbers.ts';
import type { Converter } from './rejects.ts';
import type { LengthUnit } from './text.ts';
import { toBoolean, toCountry, toEmail, toLanguage, toPhoneOf, toSex, toText, toTitle } from './words.ts';
import { zoneOf, type Zone } from './zones.ts';

/** Part of every mark of a value: raised whenever the same value of a warehouse would be sent otherwise than before. */
export const CONVERTER_VERSION = 2;

/** What an attribute takes: its type and, for texts, how long they are (default: up to 255). */
export interface ValueTarget {
  type: ActitoType;
  maxLength?: number;
  minLength?: number;
}

/** What else decides how a value is sent: settings of the mapping, and facts of the contract. */
export interface ValueRules {
  /** Of local times, and of the dates that moments become. */
  timezone?: string;
  /** Whose phone numbers those without a country code are. */
  defaultCountry?: string;
  lengthUnit?: LengthUnit;
  /** The most digits of a number before its point, and after it. */
  numberDigits?: number;
}

/** How values become an attribute's: any value as a text, and nearly all of them as bytes. */
export interface Conversion {
  convert: Converter;
  write: FastWriter;
}

type SentKind = Exclude<ColumnKind, 'unsupported'>;

/** How the values of a kind of column become those of a type. */
interface Pair {
  /** Which kinds of columns can feed the type at all; whether one value can is the converter's question. */
  from: readonly SentKind[];
  make: (rules: ValueRules, zone: Zone | undefined) => Conversion;
  /** The kind whose values mean nothing to the type without a time zone. */
  needsZone?: SentKind;
  /** Texts whose length an attribute may limit. */
  isText?: true;
}

/** What Actito is assumed to take; see `contract.numberDigits` and `contract.lengthUnit`. */
export const DEFAULT_DIGITS = 100;
export const DEFAULT_LENGTH_UNIT: LengthUnit = 'utf16Units';

const TEXT: readonly SentKind[] = ['text'];
const NUMERIC: readonly SentKind[] = ['integer', 'decimal', 'float', 'text'];
const TEMPORAL: readonly SentKind[] = ['date', 'timestamp', 'timestamptz', 'text'];
const BOOLEAN: Conversion = { convert: toBoolean, write: writeBoolean };

const PAIRS: Record<Exclude<ActitoType, 'STRING'>, Pair> = {
  INTEGER: { from: NUMERIC, make: () => ({ convert: toInteger, write: writeInteger }) },
  LONG: { from: NUMERIC, make: () => ({ convert: toLong, write: writeLong }) },
  NUMBER: {
    from: NUMERIC,
    make: ({ numberDigits = DEFAULT_DIGITS }) => ({
      convert: toNumberWithin(numberDigits),
      write: numberWriter(numberDigits),
    }),
  },
  BOOLEAN: { from: ['boolean', 'integer', 'text'], make: () => BOOLEAN },
  DATE: {
    from: TEMPORAL,
    needsZone: 'timestamptz',
    make: (_, zone) => ({ convert: toDateIn(zone), write: dateWriter(zone) }),
  },
  TIMESTAMP: {
    from: TEMPORAL,
    needsZone: 'timestamp',
    make: (_, zone) => ({ convert: toTimestampIn(zone), write: timestampWriter(zone) }),
  },
  EMAIL_ADDRESS: { from: TEXT, isText: true, make: () => ({ convert: toEmail, write: writeEmail }) },
  PHONE: {
    from: ['text', 'integer', 'decimal'],
    isText: true,
    make: ({ defaultCountry }) => ({ convert: toPhoneOf(defaultCountry), write: writePhone }),
  },
  SEX: { from: TEXT, make: () => ({ convert: toSex, write: writeSex }) },
  PERSON_TITLE: { from: TEXT, make: () => ({ convert: toTitle, write: writeTitle }) },
  MOTHER_LANGUAGE: { from: TEXT, make: () => ({ convert: toLanguage, write: writeLanguage }) },
  COUNTRY: { from: TEXT, make: () => ({ convert: toCountry, write: writeCountry }) },
};

/**
 * The conversion of a column's values into the format that Actito's import files want for an attribute.
 * Nulls and empty texts are not its business: ask {@link isEmptyText} first.
 * @throws Failure MappingInvalid when no value of this column could ever be sent, or none without a time zone
 */
export function converterFor(column: Column, target: ValueTarget, rules?: ValueRules): Converter {
  return conversionFor(column, target, rules).convert;
}

/** The same with its fast path. @throws Failure MappingInvalid */
export function conversionFor(column: Column, target: ValueTarget, rules: ValueRules = {}): Conversion {
  const { name, kind, databaseType } = column;
  const { type, maxLength = DEFAULT_MAX_LENGTH, minLength = 0 } = target;
  if (kind === 'unsupported') throw new Failure('columnNotSendable', { column: name, databaseType });
  const limits = { max: maxLength, min: minLength, unit: rules.lengthUnit ?? DEFAULT_LENGTH_UNIT };
  if (type === 'STRING') return within(WRITTEN[kind](maxLength), limits);
  const { from, make, needsZone, isText } = PAIRS[type];
  if (!from.includes(kind)) {
    throw new Failure('columnUnfit', { column: name, databaseType, type, takes: [...from] });
  }
  const { timezone } = rules;
  if (kind === needsZone && timezone === undefined) {
    throw new Failure('timezoneMissing', { column: name, databaseType, type });
  }
  const conversion = make(rules, timezone === undefined ? undefined : zoneOf(timezone));
  return isText ? within(conversion, limits) : conversion;
}

// A float such as 1e+20 stays as it is in a text, but `NaN` and `Infinity` are nothing to show to a customer.
const finite: Converter = (text) =>
  /^-?(?:nan|infinity)$/i.test(text) ? { reject: 'ValueNotANumber' } : toText(text);

const numberText = (maxLength: number): Conversion => ({
  convert: finite,
  write: numberTextWriter(maxLength),
});
const MOMENT_TEXT: Conversion = { convert: toTimestamp, write: writeTimestamp };

/** STRING takes every kind, each in the form in which Actito itself would write it. */
const WRITTEN: Record<SentKind, (maxLength: number) => Conversion> = {
  text: (maxLength) => ({ convert: toText, write: textWriter(maxLength) }),
  boolean: () => BOOLEAN,
  integer: numberText,
  decimal: numberText,
  float: numberText,
  date: () => PAIRS.DATE.make({}, undefined),
  timestamp: () => MOMENT_TEXT,
  timestamptz: () => MOMENT_TEXT,
};

/**
 * True for a text that is empty or only blank: it counts as null, so that the attribute's `nulls` policy decides.
 * Sent as it is it would be an empty field, which clears the attribute in Actito behind the back of `nulls: keep`;
 * and a `char(n)` column can hold its empty text only as blanks.
 */
export function isEmptyText(column: Column, text: string): boolean {
  return column.kind === 'text' && text.trim() === '';
}
