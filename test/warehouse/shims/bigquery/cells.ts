import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Field } from './types.ts';

/** `formatOptions.timestampOutputFormat`; FLOAT64 is the default, INT64 the same as `useInt64Timestamp`. */
export type TimestampFormat = 'FLOAT64' | 'INT64' | 'ISO8601_STRING';

export interface Cell {
  v: null | string | Cell[] | { f: Cell[] };
}

/** A row of the REST API: `{"f": [{"v": …}]}`; each value is text, NULL is null. */
export function rowOf(fields: readonly Field[], values: readonly DuckDBValue[], format: TimestampFormat) {
  return { f: fields.map((field, index) => cellOf(field, values[index]!, format)) };
}

function cellOf(field: Field, value: DuckDBValue, format: TimestampFormat): Cell {
  if (field.mode === 'REPEATED') {
    // A NULL array is stored as an empty one.
    const items = value instanceof DuckDBListValue ? value.items : [];
    return { v: items.map((item) => cellOf({ ...field, mode: 'NULLABLE' }, item, format)) };
  }
  if (value === null) return { v: null };
  if (field.type === 'RECORD') {
    const { entries } = value as DuckDBStructValue;
    return { v: { f: field.fields!.map((inner) => cellOf(inner, entries[inner.name]!, format)) } };
  }
  return { v: field.type === 'FLOAT' ? javaDouble(Number(value)) : textOf(value, format) };
}

function textOf(value: DuckDBValue, format: TimestampFormat): string {
  if (value instanceof DuckDBDecimalValue) return decimalText(value.value, value.scale);
  if (value instanceof DuckDBStructValue) return specialText(value);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  if (value instanceof DuckDBTimestampTZValue) return timestampText(value.micros, format);
  if (value instanceof DuckDBTimestampValue) return isoText(value.micros);
  if (value instanceof DuckDBTimeValue) return isoText(value.micros).slice(11);
  if (value instanceof DuckDBDateValue) return isoText(BigInt(value.days) * 86_400_000_000n).slice(0, 10);
  return String(value);
}

/** The text of a BIGNUMERIC or GEOGRAPHY, which DuckDB has in a STRUCT of one member. */
export function specialText(value: DuckDBStructValue): string {
  const [[name, text]] = Object.entries(value.entries) as [[string, string]];
  return name === 'bq_bignumeric' ? trimmed(text) : text;
}

/** A decimal without trailing zeros, as BigQuery prints it. */
export function decimalText(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return trimmed(`${value < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`);
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0*$/, '') : text;
}

/** Numbers as Java prints them: "1.0", "1.0E20" (https://github.com/googleapis/java-bigquery/issues/16). */
function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value < 0 ? '-Infinity' : 'Infinity';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-3 || magnitude >= 1e7)) {
    const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
    return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function timestampText(micros: bigint, format: TimestampFormat): string {
  if (format === 'INT64') return String(micros);
  return format === 'FLOAT64' ? javaDouble(Number(micros) / 1e6) : `${isoText(micros)}Z`;
}

/** `2020-01-02T03:04:05[.ffffff]`, as DATETIME is written in JSON. */
function isoText(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = (micros - fraction) / 1_000_000n;
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return fraction === 0n ? text : `${text}.${String(fraction).padStart(6, '0')}`;
}
