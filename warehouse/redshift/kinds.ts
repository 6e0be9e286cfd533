import type { FieldDef } from 'pg';
import type { Column, ColumnKind } from '../../activation/values/kinds.ts';

/** How the text of a value is changed: a float is spelled as kinds.ts defines it, a padded text loses its padding. */
export type Spelling = 'as sent' | 'float' | 'padded';

/** A column of a segment. */
export interface RedshiftColumn extends Column {
  spelling: Spelling;
}

/** The length of a varchar, and the precision and scale of a numeric, are this much more in a type modifier. */
const MODIFIER_OFFSET = 4;

/**
 * OIDs of Redshift's types: those of PostgreSQL 8.0, and its own from
 * https://github.com/aws/amazon-redshift-python-driver (redshift_connector/utils/oids.py).
 */
const TYPES = new Map<number, [name: string, kind: ColumnKind]>([
  [16, ['boolean', 'boolean']],
  [18, ['"char"', 'text']],
  [19, ['name', 'text']],
  [20, ['bigint', 'integer']],
  [21, ['smallint', 'integer']],
  [23, ['integer', 'integer']],
  [25, ['text', 'text']],
  [26, ['oid', 'integer']],
  [700, ['real', 'float']],
  [701, ['double precision', 'float']],
  [705, ['unknown', 'text']], // a literal without a cast
  [1042, ['character', 'text']],
  [1043, ['character varying', 'text']],
  [1082, ['date', 'date']],
  [1083, ['time', 'unsupported']],
  [1114, ['timestamp', 'timestamp']],
  [1184, ['timestamptz', 'timestamptz']],
  [1188, ['interval year to month', 'unsupported']],
  [1190, ['interval day to second', 'unsupported']],
  [1266, ['timetz', 'unsupported']],
  [1700, ['numeric', 'decimal']],
  [2935, ['hllsketch', 'unsupported']],
  [3000, ['geometry', 'unsupported']],
  [3001, ['geography', 'unsupported']],
  [4000, ['super', 'unsupported']],
  [6551, ['varbyte', 'unsupported']],
]);
const [CHARACTER, VARYING, NUMERIC] = [1042, 1043, 1700];

/** Returns the column for a field. Redshift's catalog is not read: an unknown type has its OID as its name. */
export function columnOf({ name, dataTypeID: oid, dataTypeModifier: modifier }: FieldDef): RedshiftColumn {
  const [type, kind] = TYPES.get(oid) ?? [`type ${oid}`, 'unsupported'];
  const spelling = kind === 'float' ? 'float' : oid === CHARACTER ? 'padded' : 'as sent';
  return { name, kind, databaseType: type + lengthOf(oid, modifier), spelling };
}

function lengthOf(oid: number, modifier: number): string {
  const value = modifier - MODIFIER_OFFSET;
  if (value < 0) return '';
  if (oid === CHARACTER || oid === VARYING) return `(${value})`;
  return oid === NUMERIC ? `(${value >> 16},${value & 0xffff})` : '';
}
