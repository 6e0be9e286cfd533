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

/**
 * Part of every attribute mark. It is increased if the same value of a warehouse would be sent in another way than
 * before.
 */
export const CONVERTER_VERSION = 2;

/** The type of an attribute and, for texts, its length (default: up to 255). */
export interface ValueTarget {
  type: ActitoType;
  maxLength?: number;
  minLength?: number;
}

/** What else decides how a value is sent: settings of the mapping, and the contract. */
export interface ValueRules {
  /** For local times, and for timestamps that are converted to dates. */
  timezone?: string;
  /** The country of phone numbers without a country code. */
  defaultCountry?: string;
  lengthUnit?: LengthUnit;
  /** The maximum number of digits of a number before its point, and after it. */
  numberDigits?: number;
}

/** Converts values for an attribute: any value as a text, and nearly all of them as bytes. */
export interface Conversion {
  convert: Converter;
  write: FastWriter;
}

type SentKind = Exclude<ColumnKind, 'unsupported'>;

/** The conversion of a kind of column to a type. */
interface Pair {
  /** The kinds of columns that can be converted to the type at all. The converter decides about single values. */
  from: readonly SentKind[];
  make: (rules: ValueRules, zone: Zone | undefined) => Conversion;
  /** The kind whose values need a time zone for this type. */
  needsZone?: SentKind;
  /** Texts whose length an attribute can limit. */
  isText?: true;
}

/** What we assume that Actito accepts; see `contract.numberDigits` and `contract.lengthUnit`. */
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
 * Returns the conversion of a column's values into the format of an attribute in Actito's import files. It does not
 * handle nulls and empty texts; call {@link isEmptyText} first.
 * @throws Failure MappingInvalid if no value of this column can ever be sent, or none without a time zone
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

// In a text, a float such as 1e+20 stays unchanged, but customers must not see `NaN` and `Infinity`.
const finite: Converter = (text) =>
  /^-?(?:nan|infinity)$/i.test(text) ? { reject: 'ValueNotANumber' } : toText(text);

const numberText = (maxLength: number): Conversion => ({
  convert: finite,
  write: numberTextWriter(maxLength),
});
const MOMENT_TEXT: Conversion = { convert: toTimestamp, write: writeTimestamp };

/** STRING accepts every kind, each in Actito's own format. */
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
 * True for an empty or blank text. It counts as null, so the attribute's `nulls` policy decides. Otherwise it would be
 * an empty field, which clears the attribute in Actito despite `nulls: keep`. The empty text of a `char(n)` column
 * consists of blanks.
 */
export function isEmptyText(column: Column, text: string): boolean {
  return column.kind === 'text' && text.trim() === '';
}
