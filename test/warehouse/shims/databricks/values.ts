import { DuckDBDecimalType, DuckDBTypeId } from '@duckdb/node-api';
import type { EngineColumn } from '../engine.ts';

/** A column of `manifest.schema`. */
export interface ColumnInfo {
  name: string;
  /** With precision and scale, such as DECIMAL(38,18). */
  type_text: string;
  type_name: string;
  position: number;
  type_precision?: number;
  type_scale?: number;
}

/** Pairs of `type_name` and `type_text`, where they differ only in the text of the SQL type. */
const TYPES: Partial<Record<DuckDBTypeId, [name: string, text: string]>> = {
  [DuckDBTypeId.BOOLEAN]: ['BOOLEAN', 'BOOLEAN'],
  [DuckDBTypeId.TINYINT]: ['BYTE', 'TINYINT'],
  [DuckDBTypeId.SMALLINT]: ['SHORT', 'SMALLINT'],
  [DuckDBTypeId.INTEGER]: ['INT', 'INT'],
  [DuckDBTypeId.BIGINT]: ['LONG', 'BIGINT'],
  [DuckDBTypeId.FLOAT]: ['FLOAT', 'FLOAT'],
  [DuckDBTypeId.DOUBLE]: ['DOUBLE', 'DOUBLE'],
  [DuckDBTypeId.DATE]: ['DATE', 'DATE'],
  [DuckDBTypeId.TIMESTAMP]: ['TIMESTAMP_NTZ', 'TIMESTAMP_NTZ'],
  [DuckDBTypeId.TIMESTAMP_TZ]: ['TIMESTAMP', 'TIMESTAMP'],
  [DuckDBTypeId.BLOB]: ['BINARY', 'BINARY'],
  [DuckDBTypeId.SQLNULL]: ['NULL', 'VOID'],
  [DuckDBTypeId.LIST]: ['ARRAY', 'ARRAY'],
  [DuckDBTypeId.STRUCT]: ['STRUCT', 'STRUCT'],
  [DuckDBTypeId.MAP]: ['MAP', 'MAP'],
};

/** @param position from 0 */
export function columnInfo({ name, type }: EngineColumn, position: number): ColumnInfo {
  const [width, scale] = decimalOf(type);
  if (width !== undefined) {
    const text = `DECIMAL(${width},${scale})`;
    return {
      name,
      type_text: text,
      type_name: 'DECIMAL',
      position,
      type_precision: width,
      type_scale: scale,
    };
  }
  const [typeName, text] = TYPES[type.typeId] ?? ['STRING', 'STRING'];
  return { name, type_text: text, type_name: typeName, position };
}

/** Sums of integers are HUGEINT in DuckDB. */
function decimalOf(type: EngineColumn['type']): [number?, number?] {
  if (type instanceof DuckDBDecimalType) return [type.width, type.scale];
  return type.typeId === DuckDBTypeId.HUGEINT ? [38, 0] : [];
}

/** An expression of DuckDB for the text of a column's values in the format JSON_ARRAY. */
export function textOf({ expression, type }: EngineColumn): string {
  switch (type.typeId) {
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return javaDouble(expression);
    case DuckDBTypeId.TIMESTAMP_TZ:
      return `strftime(${expression} at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')`;
    case DuckDBTypeId.TIMESTAMP:
      return `strftime(${expression}, '%Y-%m-%dT%H:%M:%S.%g')`;
    case DuckDBTypeId.BLOB:
      return `base64(${expression})`;
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.STRUCT:
    case DuckDBTypeId.MAP:
      return `cast(to_json(${expression}) as varchar)`;
    default:
      return `cast(${expression} as varchar)`;
  }
}

/** As Java's Double.toString: with an exponent below 10^-3 and from 10^7 on. */
function javaDouble(value: string): string {
  const text = `cast(${value} as varchar)`;
  const digits = `regexp_replace(regexp_replace(${text}, '^-|e.*$|\\.', '', 'g'), '^0+|0+$', '', 'g')`;
  const rest = `coalesce(nullif(substring(${digits}, 2), ''), '0')`;
  const exponent = `cast(cast(floor(log10(abs(${value}))) as integer) as varchar)`;
  const sign = `case when ${value} < 0 then '-' else '' end`;
  return [
    `case when isnan(${value}) then 'NaN'`,
    `when isinf(${value}) then case when ${value} > 0 then 'Infinity' else '-Infinity' end`,
    `when ${value} = 0 or (abs(${value}) >= 1e-3 and abs(${value}) < 1e7) then ${text}`,
    `when ${value} is not null then ${sign} || left(${digits}, 1) || '.' || ${rest} || 'E' || ${exponent} end`,
  ].join(' ');
}
