import type { Column, ColumnKind } from '../../activation/values/kinds.ts';

/** A column of a segment. */
export interface ClickHouseColumn extends Column {
  /** A FixedString, whose texts end with as many NULs as are missing. */
  isPadded: boolean;
}

/** https://clickhouse.com/docs/sql-reference/data-types */
const KINDS: [RegExp, ColumnKind][] = [
  [/^U?Int(8|16|32|64|128|256)$/, 'integer'],
  [/^Decimal\(/, 'decimal'],
  [/^(Float(32|64)|BFloat16)$/, 'float'],
  [/^Bool$/, 'boolean'],
  [/^Date(32)?$/, 'date'],
  [/^DateTime(64)?(\(|$)/, 'timestamptz'], // seconds since 1970; the time zone only says how they are printed
  [/^(String|UUID|IPv4|IPv6|Nothing)$/, 'text'],
  [/^(FixedString|Enum8|Enum16)\(/, 'text'],
];
const WRAPPERS = [
  /^Nullable\((.*)\)$/s,
  /^LowCardinality\((.*)\)$/s,
  /^SimpleAggregateFunction\([^,]*, (.*)\)$/s,
];

/** @param type as ClickHouse names it, such as `LowCardinality(Nullable(String))` */
export function columnOf(name: string, type: string): ClickHouseColumn {
  const inner = unwrapped(type);
  const kind = KINDS.find(([pattern]) => pattern.test(inner))?.[1] ?? 'unsupported';
  return { name, kind, databaseType: type, isPadded: inner.startsWith('FixedString(') };
}

function unwrapped(type: string): string {
  for (const wrapper of WRAPPERS) {
    const inner = wrapper.exec(type)?.[1];
    if (inner !== undefined) return unwrapped(inner);
  }
  return type;
}
