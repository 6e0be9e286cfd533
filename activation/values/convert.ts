import { Failure } from '../../contract/failure.ts';
import {
  numberTextWriter,
  textWriter,
  UNDECIDED,
  writeBoolean,
  writeDate,
  writeEmail,
  writeInteger,
  writeLanguage,
  writeLong,
  writeNumber,
  writeSex,
  writeTimestamp,
  type FastWriter,
} from './fast.ts';
import type { ActitoType, Column, ColumnKind } from './kinds.ts';
import { toDate, toTimestamp } from './moments.ts';
import { toInteger, toLong, toNumber } from './numbers.ts';
import type { Converter } from './rejects.ts';
import { DEFAULT_MAX_LENGTH, toBoolean, toEmail, toLanguage, toSex, toText } from './words.ts';

/** Part of every mark of a value: raised whenever the same value of a warehouse would be sent otherwise than before. */
export const CONVERTER_VERSION = 2;

/** What an attribute takes: its type and, for texts, its longest value in characters (default 255). */
export interface ValueTarget {
  type: ActitoType;
  maxLength?: number;
}

/** How values become an attribute's: any value as a text, and nearly all of them as bytes. */
export interface Conversion {
  convert: Converter;
  write: FastWriter;
}

type Pairs = Record<Exclude<ActitoType, 'STRING'>, Conversion & { from: readonly ColumnKind[] }>;

const NUMERIC: readonly ColumnKind[] = ['integer', 'decimal', 'float', 'text'];
const TEMPORAL: readonly ColumnKind[] = ['date', 'timestamp', 'timestamptz', 'text'];

/** Which kinds of columns can feed a type at all; whether one value can is the converter's question. */
const PAIRS: Pairs = {
  INTEGER: { from: NUMERIC, convert: toInteger, write: writeInteger },
  LONG: { from: NUMERIC, convert: toLong, write: writeLong },
  NUMBER: { from: NUMERIC, convert: toNumber, write: writeNumber },
  BOOLEAN: { from: ['boolean', 'integer', 'text'], convert: toBoolean, write: writeBoolean },
  DATE: { from: TEMPORAL, convert: toDate, write: writeDate },
  TIMESTAMP: { from: TEMPORAL, convert: toTimestamp, write: writeTimestamp },
  EMAIL_ADDRESS: { from: ['text'], convert: toEmail, write: writeEmail },
  SEX: { from: ['text'], convert: toSex, write: writeSex },
  MOTHER_LANGUAGE: { from: ['text'], convert: toLanguage, write: writeLanguage },
};

/**
 * The conversion of a column's values into the format that Actito's import files want for an attribute.
 * Nulls and empty texts are not its business: ask {@link isEmptyText} first.
 * @throws Failure MappingInvalid when no value of this column could ever be sent
 */
export function converterFor(column: Column, target: ValueTarget): Converter {
  return conversionFor(column, target).convert;
}

/** The same with its fast path. @throws Failure MappingInvalid */
export function conversionFor(column: Column, target: ValueTarget): Conversion {
  if (column.kind === 'unsupported') {
    throw new Failure('columnNotSendable', { column: column.name, databaseType: column.databaseType });
  }
  if (target.type === 'STRING') return textOf(column.kind, target.maxLength);
  const { from, convert, write } = PAIRS[target.type];
  if (!from.includes(column.kind)) {
    const { name, databaseType } = column;
    throw new Failure('columnUnfit', { column: name, databaseType, type: target.type, takes: [...from] });
  }
  return { convert, write };
}

/** STRING takes every kind, each in the form in which Actito itself would write it. */
function textOf(
  kind: Exclude<ColumnKind, 'unsupported'>,
  maxLength: number = DEFAULT_MAX_LENGTH,
): Conversion {
  const limited = toText(maxLength);
  const { convert, write, longest = 0 } = WRITTEN[kind](maxLength);
  return {
    convert: (text) => {
      const converted = convert(text);
      return 'value' in converted ? limited(converted.value) : converted;
    },
    write: longest <= maxLength ? write : () => UNDECIDED,
  };
}

// A float such as 1e+20 stays as it is in a text, but `NaN` and `Infinity` are nothing to show to a customer.
const finite: Converter = (text) =>
  /^-?(?:nan|infinity)$/i.test(text) ? { reject: 'ValueNotANumber' } : { value: text };

const numberText = (maxLength: number): Conversion => ({
  convert: finite,
  write: numberTextWriter(maxLength),
});
const dateText = () => ({ convert: toDate, write: writeDate, longest: '2026-01-31'.length });
const timestampText = () => ({
  convert: toTimestamp,
  write: writeTimestamp,
  longest: '2026-01-31 10:20:30'.length,
});

/** By kind. `longest`: the most characters that `write` writes, if it does not know the limit. */
const WRITTEN: Record<
  Exclude<ColumnKind, 'unsupported'>,
  (maxLength: number) => Conversion & { longest?: number }
> = {
  text: (maxLength) => ({ convert: (text) => ({ value: text }), write: textWriter(maxLength) }),
  boolean: () => ({ convert: toBoolean, write: writeBoolean, longest: 'FALSE'.length }),
  integer: numberText,
  decimal: numberText,
  float: numberText,
  date: dateText,
  timestamp: timestampText,
  timestamptz: timestampText,
};

/**
 * True for a text that is empty or only blank: it counts as null, so that the attribute's `nulls` policy decides.
 * Sent as it is it would be an empty field, which clears the attribute in Actito behind the back of `nulls: keep`;
 * and a `char(n)` column can hold its empty text only as blanks.
 */
export function isEmptyText(column: Column, text: string): boolean {
  return column.kind === 'text' && text.trim() === '';
}
