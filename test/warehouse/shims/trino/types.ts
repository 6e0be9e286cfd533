/** The names of DuckDB's simple types in Trino. */
const TYPES = new Map([
  ['BOOLEAN', 'boolean'],
  ['TINYINT', 'tinyint'],
  ['SMALLINT', 'smallint'],
  ['INTEGER', 'integer'],
  ['BIGINT', 'bigint'],
  ['HUGEINT', 'decimal(38, 0)'],
  ['FLOAT', 'real'],
  ['DOUBLE', 'double'],
  ['VARCHAR', 'varchar'],
  ['BLOB', 'varbinary'],
  ['DATE', 'date'],
  ['TIME', 'time(6)'],
  ['TIMESTAMP', 'timestamp(6)'],
  ['TIMESTAMP WITH TIME ZONE', 'timestamp(6) with time zone'],
  ['UUID', 'uuid'],
]);

/** A type of Trino for a type of DuckDB: https://trino.io/docs/current/language/types.html */
export function typeName(type: string): string {
  const simple = TYPES.get(type);
  if (simple !== undefined) return simple;
  const decimal = /^DECIMAL\((\d+),\s?(\d+)\)$/.exec(type);
  if (decimal) return `decimal(${decimal[1]}, ${decimal[2]})`;
  return type.endsWith('[]') ? `array(${typeName(type.slice(0, -2))})` : `row(${type.toLowerCase()})`;
}
