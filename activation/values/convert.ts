import { Failure } from '../failures.ts';
import type { ActitoType, Column, ColumnKind } from './kinds.ts';
import { toDate, toTimestamp } from './moments.ts';
import { toInteger, toLong, toNumber } from './numbers.ts';
import type { Converter } from './rejects.ts';
import { toBoolean, toEmail, toLanguage, toSex, toText } from './words.ts';

/** Part of every mark of a value: raised whenever the same value of a warehouse would be sent otherwise than before. */
export const CONVERTER_VERSION = 1;

/** What an attribute takes: its type and, for texts, its longest value in characters (default 255). */
export interface ValueTarget {
  type: ActitoType;
  maxLength?: number;
}

type Pairs = Record<Exclude<ActitoType, 'STRING'>, { from: readonly ColumnKind[]; convert: Converter }>;

const NUMERIC: readonly ColumnKind[] = ['integer', 'decimal', 'float', 'text'];
const TEMPORAL: readonly ColumnKind[] = ['date', 'timestamp', 'timestamptz', 'text'];

/** Which kinds of columns can feed a type at all; whether one value can is the converter's question. */
const PAIRS: Pairs = {
  INTEGER: { from: NUMERIC, convert: toInteger },
  LONG: { from: NUMERIC, convert: toLong },
  NUMBER: { from: NUMERIC, convert: toNumber },
  BOOLEAN: { from: ['boolean', 'integer', 'text'], convert: toBoolean },
  DATE: { from: TEMPORAL, convert: toDate },
  TIMESTAMP: { from: TEMPORAL, convert: toTimestamp },
  EMAIL_ADDRESS: { from: ['text'], convert: toEmail },
  SEX: { from: ['text'], convert: toSex },
  MOTHER_LANGUAGE: { from: ['text'], convert: toLanguage },
};

/**
 * The conversion of a column's values into the format that Actito's import files want for an attribute.
 * Nulls and empty texts are not its business: ask {@link isEmptyText} first.
 * @throws Failure MappingInvalid when no value of this column could ever be sent
 */
export function converterFor(column: Column, target: ValueTarget): Converter {
  if (column.kind === 'unsupported') {
    throw new Failure(
      'MappingInvalid',
      `Column "${column.name}" has type ${column.databaseType}, which cannot be sent to Actito. ` +
        'In the segment, cast it to a plain type or take one value out of it, e.g. payload->>\'city\' as "city".',
    );
  }
  if (target.type === 'STRING') return textOf(column.kind, target.maxLength);
  const { from, convert } = PAIRS[target.type];
  if (!from.includes(column.kind)) {
    throw new Failure(
      'MappingInvalid',
      `Column "${column.name}" has type ${column.databaseType}, which cannot become a value of type ${target.type} in Actito ` +
        `(that takes ${from.join(', ')}). Cast it in the segment, or map it to another attribute.`,
    );
  }
  return convert;
}

/** STRING takes every kind, each in the form in which Actito itself would write it. */
function textOf(kind: Exclude<ColumnKind, 'unsupported'>, maxLength?: number): Converter {
  const limited = toText(maxLength);
  const written = WRITTEN[kind];
  return (text) => {
    const converted = written(text);
    return 'value' in converted ? limited(converted.value) : converted;
  };
}

// A float such as 1e+20 stays as it is in a text, but `NaN` and `Infinity` are nothing to show to a customer.
const finite: Converter = (text) =>
  /^-?(?:nan|infinity)$/i.test(text) ? { reject: 'ValueNotANumber' } : { value: text };

const WRITTEN: Record<Exclude<ColumnKind, 'unsupported'>, Converter> = {
  text: (text) => ({ value: text }),
  boolean: toBoolean,
  integer: finite,
  decimal: finite,
  float: finite,
  date: toDate,
  timestamp: toTimestamp,
  timestamptz: toTimestamp,
};

/**
 * True for a text that is empty or only blank: it counts as null, so that the attribute's `nulls` policy decides.
 * Sent as it is it would be an empty field, which clears the attribute in Actito behind the back of `nulls: keep`;
 * and a `char(n)` column can hold its empty text only as blanks.
 */
export function isEmptyText(column: Column, text: string): boolean {
  return column.kind === 'text' && text.trim() === '';
}
