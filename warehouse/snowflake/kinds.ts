import type { ColumnKind } from '../../activation/values/kinds.ts';
import { conversionFor } from '../copy/conversions.ts';
import type { RestColumn } from '../rest/service.ts';

/** A column as the SQL API describes it. */
export interface Field {
  name: string;
  /** In lower case in the service's answers, in upper case in its specification. */
  type: string;
  precision?: number | null;
  scale?: number | null;
}

const KINDS: Record<string, ColumnKind> = {
  text: 'text',
  // as exact as NUMBER, with an exponent up to ±16384, which only a text has room for: `-9.87e-250`
  decfloat: 'text',
  boolean: 'boolean',
  real: 'float',
  date: 'date',
  timestamp_ntz: 'timestamp',
  timestamp_ltz: 'timestamptz',
  timestamp_tz: 'timestamptz',
};
const MOMENT = 'YYYY-MM-DD HH24:MI:SS.FF6';
/**
 * How `to_varchar` prints values, whatever the parameters of the account are. The precision of PostgreSQL's moments is a
 * microsecond.
 * @see https://docs.snowflake.com/en/sql-reference/date-time-input-output
 */
export const FORMATS = {
  TIMEZONE: 'UTC',
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  TIMESTAMP_OUTPUT_FORMAT: MOMENT,
  TIMESTAMP_NTZ_OUTPUT_FORMAT: MOMENT,
  TIMESTAMP_LTZ_OUTPUT_FORMAT: `${MOMENT}TZH:TZM`,
  TIMESTAMP_TZ_OUTPUT_FORMAT: `${MOMENT}TZH:TZM`,
};

/** Snowflake has one type for integers and decimals; `INT` is one without decimals. */
export function columnOf({ name, type: written, precision, scale }: Field): RestColumn {
  const type = written.toLowerCase();
  const decimals = scale ?? 0;
  const kind = type === 'fixed' ? (decimals === 0 ? 'integer' : 'decimal') : (KINDS[type] ?? 'unsupported');
  return {
    name,
    kind,
    databaseType: type === 'fixed' ? `NUMBER(${precision ?? 38},${decimals})` : type.toUpperCase(),
    expression: (reference) => expressionOf(reference, kind),
    convert: conversionFor(kind, decimals),
  };
}

/**
 * A text for each kind that the API would print in another way: days and seconds since 1970, and floating-point numbers
 * with fewer digits than they have, which `TME` prints all.
 * @see https://docs.snowflake.com/en/developer-guide/sql-api/handling-responses, …/sql-reference/sql-format-models
 */
function expressionOf(column: string, kind: ColumnKind): string {
  switch (kind) {
    case 'float':
      return `to_varchar(${column}, 'TME')`;
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return `to_varchar(${column})`;
    default:
      return column;
  }
}
