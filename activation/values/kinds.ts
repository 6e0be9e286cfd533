/**
 * The kind of a warehouse column, for all drivers. The text of a value is:
 * boolean `t`/`f` · integer, decimal, float as PostgreSQL prints them (float may be `1e+20`, `NaN`, `Infinity`) · date
 * `2026-01-31` · timestamp `2026-01-31 10:20:30.123` · timestamptz the same in UTC with `+00` · any other value
 * unchanged. For `unsupported`, the message contains the database's own type name.
 */
export type ColumnKind =
  'text' | 'boolean' | 'integer' | 'decimal' | 'float' | 'date' | 'timestamp' | 'timestamptz' | 'unsupported';

/** One column of a segment, as the warehouse describes it. */
export interface Column {
  name: string;
  kind: ColumnKind;
  /** The database's own name of the type, for messages, e.g. `jsonb` or `text[]`. */
  databaseType: string;
}

/**
 * True for decimal numbers without a fixed number of decimals: the same number may be `1`, `1.0` or `1.00` in different
 * rows.
 */
export function isScaleless({ kind, databaseType }: Column): boolean {
  return kind === 'decimal' && !databaseType.includes('(');
}

/** Actito's value types: the documented valueTypes, and those of its predefined attributes. */
export type ActitoType =
  | 'STRING'
  | 'INTEGER'
  | 'LONG'
  | 'NUMBER'
  | 'BOOLEAN'
  | 'DATE'
  | 'TIMESTAMP'
  | 'EMAIL_ADDRESS'
  | 'SEX'
  | 'MOTHER_LANGUAGE'
  | 'PERSON_TITLE'
  | 'PHONE'
  | 'COUNTRY';
