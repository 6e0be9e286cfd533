import type { Column, ColumnKind } from '../../activation/values/kinds.ts';
import { quoted } from '../sql/statements.ts';
import type { Field } from './library.ts';
import type { Encoding } from './rows.ts';

/** A column of a segment with the expression that selects it, and how its values are encoded. */
export interface MysqlColumn extends Column {
  expression: string;
  encoding: Encoding;
}

/** Flags of a column, as in the protocol. */
const [UNSIGNED, ZEROFILL, ENUM, SET] = [32, 64, 256, 2048];
/** The collation of bytes. */
const BINARY = 63;
/** The decimals of a FLOAT or DOUBLE that were not fixed. */
const NOT_FIXED = 31;

interface Type {
  name: string;
  kind: ColumnKind;
  encoding?: Encoding;
}
/** https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html */
const TYPES = new Map<number, Type>([
  [0, { name: 'decimal', kind: 'decimal' }],
  [1, { name: 'tinyint', kind: 'integer' }],
  [2, { name: 'smallint', kind: 'integer' }],
  [3, { name: 'int', kind: 'integer' }],
  [4, { name: 'float', kind: 'float', encoding: 'single' }],
  [5, { name: 'double', kind: 'float', encoding: 'float' }],
  [6, { name: 'null', kind: 'text' }],
  [7, { name: 'timestamp', kind: 'timestamptz', encoding: 'timestamp' }],
  [8, { name: 'bigint', kind: 'integer' }],
  [9, { name: 'mediumint', kind: 'integer' }],
  [10, { name: 'date', kind: 'date', encoding: 'date' }],
  [11, { name: 'time', kind: 'unsupported' }],
  [12, { name: 'datetime', kind: 'timestamp', encoding: 'datetime' }],
  [13, { name: 'year', kind: 'integer' }],
  [16, { name: 'bit', kind: 'integer' }],
  [242, { name: 'vector', kind: 'unsupported' }],
  [245, { name: 'json', kind: 'unsupported' }],
  [246, { name: 'decimal', kind: 'decimal' }],
  [255, { name: 'geometry', kind: 'unsupported' }],
]);
const BOOLEAN: Type = { name: 'tinyint(1)', kind: 'boolean', encoding: 'boolean' };
const BIT = 16;
const TINY = 1;
const FLOAT = 4;

/**
 * Returns the kind of a column. MySQL has no booleans: TINYINT(1) is what `BOOLEAN` creates, and BIT(1) is another way.
 * Texts with the collation `binary` are bytes.
 */
export function columnOf(field: Field): MysqlColumn {
  const { name } = field;
  const { name: typeName, kind, encoding = 'bytes' } = typeOf(field);
  const databaseType = kind === 'decimal' ? `${typeName}(${precisionOf(field)},${field.decimals})` : typeName;
  return { name, kind, databaseType, encoding, expression: expressionOf(field) };
}

function typeOf(field: Field): Type {
  const { columnType, columnLength, characterSet, flags } = field;
  if (columnType === TINY && columnLength === 1) return BOOLEAN;
  if (columnType === BIT && columnLength === 1) return { ...BOOLEAN, name: 'bit(1)' };
  const known = TYPES.get(columnType);
  if (known) return known;
  if (field.extendedFormat === 'json') return { name: 'json', kind: 'unsupported' };
  if (field.extendedTypeName !== undefined) return { name: field.extendedTypeName, kind: 'text' };
  if (characterSet === BINARY && columnLength === 0) return { name: 'null', kind: 'text' };
  if (characterSet === BINARY) return { name: 'binary', kind: 'unsupported' };
  return { name: flags & ENUM ? 'enum' : flags & SET ? 'set' : 'text', kind: 'text' };
}

/** The length of a decimal counts its sign and its point. */
function precisionOf({ columnLength, decimals, flags }: Field): number {
  return columnLength - (decimals > 0 ? 1 : 0) - (flags & UNSIGNED ? 0 : 1);
}

/**
 * Selects a column, so that its text is exact: bits are bytes, ZEROFILL adds zeros, and a FLOAT is rounded to six
 * digits, unless the server calculates with it.
 */
function expressionOf(field: Field): string {
  const column = quoted(field.name, '`');
  const { columnType, flags, decimals } = field;
  if (columnType === FLOAT && decimals === NOT_FIXED) return `${column} + 0e0`;
  const isZerofilled = (flags & ZEROFILL) !== 0 && columnType !== 13;
  if (isZerofilled && TYPES.get(columnType)?.kind === 'decimal')
    return `cast(${column} as decimal(${precisionOf(field)}, ${decimals}))`;
  const isWhole = TYPES.get(columnType)?.kind === 'integer';
  return columnType === BIT || (isZerofilled && isWhole) ? `cast(${column} as unsigned)` : column;
}
