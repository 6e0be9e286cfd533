import { conversionFor, type Conversion } from '../copy/conversions.ts';
import type { Column, ColumnKind } from '../../activation/values/kinds.ts';

/** A column of a segment. */
export interface TrinoColumn extends Column {
  /** The position in the segment, from 0. */
  position: number;
}

/** https://trino.io/docs/current/language/types.html */
const KINDS: [RegExp, ColumnKind][] = [
  [/^boolean$/, 'boolean'],
  [/^(tinyint|smallint|integer|bigint)$/, 'integer'],
  [/^decimal\(/, 'decimal'],
  [/^(real|double)$/, 'float'],
  [/^(varchar|char)\b/, 'text'],
  [/^(uuid|ipaddress|unknown)$/, 'text'], // `unknown` is the type of NULL
  [/^date$/, 'date'],
  [/^timestamp(\(\d+\))? with time zone$/, 'timestamptz'],
  [/^timestamp(\(\d+\))?$/, 'timestamp'],
];

/** @param type as Trino names it, such as `timestamp(6) with time zone` */
export function columnOf(name: string, type: string, position: number): TrinoColumn {
  const kind = KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? 'unsupported';
  return { name, kind, databaseType: type, position };
}

/** Trino's casts give the texts of the other kinds already. */
const RESPELLED: ColumnKind[] = ['boolean', 'float', 'timestamp', 'timestamptz'];

/** Returns what makes a text that arrives ours; undefined if it is. */
export function conversionOf({ kind }: TrinoColumn): Conversion | undefined {
  return RESPELLED.includes(kind) ? conversionFor(kind) : undefined;
}
