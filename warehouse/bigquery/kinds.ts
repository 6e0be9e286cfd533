import type { Column, ColumnKind } from '../../activation/values/kinds.ts';
import { conversionFor, type Conversion } from '../copy/conversions.ts';
import { valueText } from '../copy/values.ts';

/** A field of a result: https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema */
export interface Field {
  name: string;
  type: string;
  mode?: string;
  precision?: string;
  scale?: string;
}

/** The REST API has other names than GoogleSQL for some types, and both are allowed in a schema. */
const SQL_NAMES: Record<string, string> = {
  INTEGER: 'INT64',
  FLOAT: 'FLOAT64',
  BOOLEAN: 'BOOL',
  RECORD: 'STRUCT',
};

const KINDS: Record<string, ColumnKind> = {
  STRING: 'text',
  INT64: 'integer',
  FLOAT64: 'float',
  BOOL: 'boolean',
  NUMERIC: 'decimal',
  BIGNUMERIC: 'decimal',
  DATE: 'date',
  DATETIME: 'timestamp',
  TIMESTAMP: 'timestamptz',
};

/** Describes a field with BigQuery's own name of its type, such as `NUMERIC(10, 2)` or `ARRAY<INT64>`. */
export function columnOf(field: Field): Column {
  const type = typeOf(field);
  if (field.mode === 'REPEATED') {
    return { name: field.name, kind: 'unsupported', databaseType: `ARRAY<${type}>` };
  }
  const kind = KINDS[type] ?? 'unsupported';
  const { precision, scale } = field;
  const isLimited = kind === 'decimal' && precision !== undefined;
  return { name: field.name, kind, databaseType: isLimited ? `${type}(${precision}, ${scale ?? 0})` : type };
}

function typeOf({ type }: Field): string {
  return SQL_NAMES[type] ?? type;
}

/** Six digits of a second, whose final zeros `conversionOf` removes; %F and %Y would write the year 1 as `1`. */
const MOMENT = '%E4Y-%m-%d %H:%M:%E6S';
const TEXTS: Record<string, (column: string) => string> = {
  STRING: (column) => column,
  DATETIME: (column) => `format_datetime('${MOMENT}', ${column})`,
  // with its zone, because a project can have another default than UTC
  TIMESTAMP: (column) => `format_timestamp('${MOMENT}', ${column}, 'UTC')`,
  TIME: (column) => `cast(${column} as string)`,
  BYTES: (column) => `to_base64(${column})`,
};

/** The SQL expression of a column as text, null for null. */
export function castOf(field: Field, column: string): string {
  const { kind } = columnOf(field);
  const text = field.mode === 'REPEATED' ? undefined : TEXTS[typeOf(field)];
  if (text) return text(column);
  if (kind !== 'unsupported') return `cast(${column} as string)`;
  return `if(${column} is null, null, to_json_string(${column}))`;
}

/** Converts the text of {@link castOf} into that of kinds.ts; undefined: it is the same. */
export function conversionOf(field: Field): Conversion | undefined {
  const { kind } = columnOf(field);
  if (kind === 'date') return undefined; // a cast writes it as PostgreSQL does
  return conversionFor(kind, field.scale === undefined ? undefined : Number(field.scale));
}

/**
 * Converts a value of a result as the REST API sends it, which is text for all types.
 * @param value with `useInt64Timestamp`: a TIMESTAMP is in microseconds since 1970
 */
export function answerText(field: Field, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string') return JSON.stringify(value);
  const { kind } = columnOf(field);
  if (kind !== 'timestamptz') return valueText(value, kind);
  const micros = BigInt(value);
  const second = 1_000_000n;
  const rest = ((micros % second) + second) % second;
  const whole = new Date(Number((micros - rest) / 1000n)).toISOString().slice(0, 19);
  return valueText(`${whole}.${String(rest).padStart(6, '0')}Z`, kind);
}
