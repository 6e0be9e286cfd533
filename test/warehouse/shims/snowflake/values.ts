import { DuckDBDecimalType, DuckDBTypeId } from '@duckdb/node-api';
import type { EngineColumn } from '../engine.ts';
import { formatted } from './formats.ts';
import { unmarked } from './sql.ts';

/** Session parameters by their name in upper case. */
export type Parameters = Record<string, string>;

/** Those that the SQL API supports: "statements_parameters" in its reference. */
export const PARAMETERS = new Set([
  'BINARY_OUTPUT_FORMAT',
  'CLIENT_RESULT_CHUNK_SIZE',
  'DATE_OUTPUT_FORMAT',
  'MULTI_STATEMENT_COUNT',
  'QUERY_TAG',
  'ROWS_PER_RESULTSET',
  'TIME_OUTPUT_FORMAT',
  'TIMESTAMP_LTZ_OUTPUT_FORMAT',
  'TIMESTAMP_NTZ_OUTPUT_FORMAT',
  'TIMESTAMP_OUTPUT_FORMAT',
  'TIMESTAMP_TZ_OUTPUT_FORMAT',
  'TIMEZONE',
  'USE_CACHED_RESULT',
]);

/** A column of `resultSetMetaData.rowType`, with the fields of the examples in the reference of the SQL API. */
export interface RowType {
  name: string;
  database: '';
  schema: '';
  table: '';
  type: string;
  scale: number | null;
  precision: number | null;
  length: number | null;
  byteLength: number | null;
  nullable: boolean;
  collation: null;
}

const SIZES: Partial<Record<DuckDBTypeId, number>> = {
  [DuckDBTypeId.TINYINT]: 3,
  [DuckDBTypeId.SMALLINT]: 5,
  [DuckDBTypeId.INTEGER]: 10,
  [DuckDBTypeId.BIGINT]: 19,
};

/** Type, scale, precision, length and size in bytes of a column. */
export function rowType(column: EngineColumn): RowType {
  const { name, type } = column;
  const kind = snowflakeType(column);
  const fixed = type instanceof DuckDBDecimalType ? [type.scale, type.width] : [0, SIZES[type.typeId] ?? 38];
  const length = { text: 16_777_216, binary: 8_388_608 }[kind] ?? null;
  return {
    name: unmarked(name),
    database: '',
    schema: '',
    table: '',
    type: kind,
    scale: kind === 'fixed' ? fixed[0]! : /^time/.test(kind) ? 9 : null,
    precision: kind === 'fixed' ? fixed[1]! : /^time/.test(kind) ? 0 : null,
    length,
    byteLength: length,
    nullable: true,
    collation: null,
  };
}

function snowflakeType({ type }: EngineColumn): string {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return 'boolean';
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.DECIMAL:
      return 'fixed';
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return 'real';
    case DuckDBTypeId.DATE:
      return 'date';
    case DuckDBTypeId.TIME:
      return 'time';
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_S:
    case DuckDBTypeId.TIMESTAMP_MS:
    case DuckDBTypeId.TIMESTAMP_NS:
      return 'timestamp_ntz';
    case DuckDBTypeId.TIMESTAMP_TZ:
      return 'timestamp_tz';
    case DuckDBTypeId.BLOB:
      return 'binary';
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return 'array';
    case DuckDBTypeId.STRUCT:
    case DuckDBTypeId.MAP:
      return 'object';
    default:
      return 'text';
  }
}

/**
 * An expression of DuckDB for the text of a column's values, as "Getting the data from the results" says:
 * https://docs.snowflake.com/en/developer-guide/sql-api/handling-responses
 */
export function textOf(column: EngineColumn, parameters: Parameters): string {
  const value = column.expression;
  const kind = snowflakeType(column);
  const format = formatOf(kind, parameters);
  if (format && kind !== 'binary') return nullSafe(value, formatted(value, format));
  switch (kind) {
    case 'real':
      return `regexp_replace(cast(${value} as varchar), '\\.0$', '')`;
    case 'date':
      return `cast(${value} - date '1970-01-01' as varchar)`;
    case 'time':
      return seconds(`epoch_us(date '1970-01-01' + ${value})`);
    case 'timestamp_ntz':
      return seconds(`epoch_us(${value})`);
    case 'timestamp_tz':
      return `${seconds(`epoch_us(${value})`)} || ' ' || cast(1440 + extract(timezone from ${value}) // 60 as varchar)`;
    case 'binary':
      return format?.toUpperCase() === 'BASE64' ? `base64(${value})` : `hex(${value})`;
    case 'array':
    case 'object':
      return `cast(to_json(${value}) as varchar)`;
    default:
      return `cast(${value} as varchar)`;
  }
}

const nullSafe = (value: string, text: string) => `case when ${value} is not null then ${text} end`;

/** Seconds with nine decimal places, of microseconds. */
function seconds(micros: string): string {
  const part = (text: string) => `cast(${text} as varchar)`;
  const whole = part(`abs(${micros}) // 1000000`);
  const fraction = `lpad(${part(`abs(${micros}) % 1000000`)}, 6, '0')`;
  return `(case when ${micros} < 0 then '-' else '' end || ${whole} || '.' || ${fraction} || '000')`;
}

/** Formats that AUTO stands for. */
const AUTO: Record<string, string> = {
  date: 'YYYY-MM-DD',
  time: 'HH24:MI:SS',
  timestamp_ntz: 'YYYY-MM-DD HH24:MI:SS.FF3',
  timestamp_tz: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
};

/** The parameter for the type, else TIMESTAMP_OUTPUT_FORMAT for the three types of timestamps. */
function formatOf(kind: string, parameters: Parameters): string | undefined {
  const own = parameters[`${kind.toUpperCase()}_OUTPUT_FORMAT`];
  const format = own || (kind.startsWith('timestamp') ? parameters.TIMESTAMP_OUTPUT_FORMAT : undefined);
  return format?.toUpperCase() === 'AUTO' ? AUTO[kind] : format;
}
