import type { Client, FieldDef } from 'pg';
import type { Column, ColumnKind } from '../../activation/values/kinds.ts';
import type { Expression } from './statements.ts';

/** OIDs of built-in types: they never change, and are listed in PostgreSQL's `pg_type.dat`. */
const BPCHAR = 1042;
const KINDS = new Map<number, ColumnKind>([
  [16, 'boolean'],
  [20, 'integer'], // bigint
  [21, 'integer'], // smallint
  [23, 'integer'],
  [1700, 'decimal'], // numeric
  [700, 'float'], // real
  [701, 'float'], // double precision
  [1082, 'date'],
  [1114, 'timestamp'],
  [1184, 'timestamptz'],
  [18, 'text'], // "char"
  [2950, 'text'], // uuid
]);

/** A column of a segment with the expression that selects it. */
export type PostgresColumn = Column & Expression;

/**
 * Returns the kind of each field. PostgreSQL describes a domain with its base type. Enums and all types of the string
 * category (text, varchar, name, citext) are texts; other types cannot be sent.
 */
export async function describeColumns(client: Client, fields: FieldDef[]): Promise<PostgresColumn[]> {
  const { rows } = await client.query<{ name: string; texty: boolean }>(
    `select format_type(f.oid, f.modifier) as name, t.typtype = 'e' or t.typcategory = 'S' as texty
       from unnest($1::oid[], $2::int[]) with ordinality as f (oid, modifier, position)
       join pg_catalog.pg_type t on t.oid = f.oid
      order by position`,
    [fields.map((field) => field.dataTypeID), fields.map((field) => field.dataTypeModifier)],
  );
  return fields.map((field, position) => {
    const { name: databaseType, texty } = rows[position]!;
    const kind = KINDS.get(field.dataTypeID) ?? (texty ? 'text' : 'unsupported');
    // the padding of a char(n) is no part of its value; the cast removes it, as PostgreSQL's comparisons do
    return { name: field.name, kind, databaseType, cast: field.dataTypeID === BPCHAR ? 'text' : undefined };
  });
}
