import type { Column, ColumnKind } from '../../activation/values/kinds.ts';
import type { EngineColumn } from './engine-process.ts';

/** DuckDB's names of types; those with parameters without them. */
const KINDS: Readonly<Record<string, ColumnKind>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'integer',
  SMALLINT: 'integer',
  INTEGER: 'integer',
  BIGINT: 'integer',
  HUGEINT: 'integer', // sum() of whole numbers
  UTINYINT: 'integer',
  USMALLINT: 'integer',
  UINTEGER: 'integer',
  UBIGINT: 'integer',
  UHUGEINT: 'integer',
  BIGNUM: 'integer',
  DECIMAL: 'decimal',
  FLOAT: 'float',
  DOUBLE: 'float',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  TIMESTAMP_NS: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  VARCHAR: 'text',
  UUID: 'text',
  ENUM: 'text',
};

/** A column of a segment, by its position, because DuckDB's names are case-insensitive, and may occur twice. */
export type DuckdbColumn = Column & { position: number };

/** Returns the kind of each column. Nested types, JSON, times and intervals cannot be sent. */
export function describeColumns(columns: EngineColumn[]): DuckdbColumn[] {
  return columns.map(({ name, type }, position) => {
    const plain = type.replace(/^(DECIMAL)\(.*$/, '$1');
    const kind = Object.hasOwn(KINDS, plain) ? KINDS[plain]! : 'unsupported';
    return { name, kind, databaseType: type, position };
  });
}
