import { expect, test } from 'vitest';
import { columnOf as databricks } from '../../warehouse/databricks/kinds.ts';
import { columnOf as snowflake } from '../../warehouse/snowflake/kinds.ts';

/** Converts a text as a column of this type does. */
function converted(
  { convert }: { convert?: (bytes: Buffer, start: number, end: number) => number },
  text: string,
) {
  const bytes = Buffer.alloc(100);
  const end = bytes.write(text);
  return bytes.toString('utf8', 0, convert ? convert(bytes, 0, end) : end);
}

test.each<[string, object, string, string, string]>([
  ['text', {}, 'text', 'TEXT', 'c'],
  ['TEXT', {}, 'text', 'TEXT', 'c'],
  ['decfloat', { precision: 38, scale: 0 }, 'text', 'DECFLOAT', 'c'],
  ['boolean', {}, 'boolean', 'BOOLEAN', 'c'],
  ['real', {}, 'float', 'REAL', "to_varchar(c, 'TME')"],
  ['fixed', { precision: 38, scale: 0 }, 'integer', 'NUMBER(38,0)', 'c'],
  ['fixed', { precision: 10, scale: 2 }, 'decimal', 'NUMBER(10,2)', 'c'],
  ['date', {}, 'date', 'DATE', 'to_varchar(c)'],
  ['timestamp_ntz', { scale: 9 }, 'timestamp', 'TIMESTAMP_NTZ', 'to_varchar(c)'],
  ['timestamp_ltz', { scale: 9 }, 'timestamptz', 'TIMESTAMP_LTZ', 'to_varchar(c)'],
  ['timestamp_tz', { scale: 9 }, 'timestamptz', 'TIMESTAMP_TZ', 'to_varchar(c)'],
  ...['time', 'binary', 'variant', 'object', 'array', 'geography', 'vector'].map(
    (type): [string, object, string, string, string] => [type, {}, 'unsupported', type.toUpperCase(), 'c'],
  ),
])('Snowflake: %s %o is read as %s', (type, more, kind, databaseType, expression) => {
  const column = snowflake({ name: 'C', type, ...more });
  expect(column).toMatchObject({ name: 'C', kind, databaseType });
  expect(column.expression('c')).toBe(expression);
});

test.each<[string | undefined, string, string, string]>([
  ['STRING', 'STRING', 'text', 'c'],
  ['CHAR', 'CHAR(3)', 'text', 'c'],
  [undefined, 'VARCHAR(3)', 'text', 'c'],
  ['BOOLEAN', 'BOOLEAN', 'boolean', 'c'],
  ['BYTE', 'TINYINT', 'integer', 'c'],
  ['SHORT', 'SMALLINT', 'integer', 'c'],
  ['INT', 'INT', 'integer', 'c'],
  ['LONG', 'BIGINT', 'integer', 'c'],
  [undefined, 'BIGINT', 'integer', 'c'],
  ['FLOAT', 'FLOAT', 'float', 'c'],
  ['DOUBLE', 'DOUBLE', 'float', 'c'],
  ['DECIMAL', 'DECIMAL(10,2)', 'decimal', 'c'],
  ['DATE', 'DATE', 'date', 'c'],
  ['TIMESTAMP', 'TIMESTAMP', 'timestamptz', 'unix_micros(c)'],
  [undefined, 'TIMESTAMP_NTZ', 'timestamp', 'cast(c as string)'],
  ['USER_DEFINED_TYPE', 'timestamp_ntz', 'timestamp', 'cast(c as string)'],
  ...['BINARY', 'ARRAY<INT>', 'MAP<STRING,INT>', 'STRUCT<A:INT>', 'VARIANT', 'INTERVAL DAY', 'VOID'].map(
    (text): [string | undefined, string, string, string] => [text.split('<')[0], text, 'unsupported', 'c'],
  ),
])('Databricks: %s %s is read as %s', (type_name, type_text, kind, expression) => {
  const column = databricks({ name: 'C', type_name, type_text });
  expect(column).toMatchObject({ name: 'C', kind, databaseType: type_text.toUpperCase() });
  expect(column.expression('c')).toBe(expression);
});

test('decimals have as many digits as their type', () => {
  const ofSnowflake = snowflake({ name: 'C', type: 'fixed', precision: 10, scale: 3 });
  const ofDatabricks = databricks({ name: 'C', type_name: 'DECIMAL', type_text: 'DECIMAL(10, 3)' });
  const told = databricks({ name: 'C', type_name: 'DECIMAL', type_text: 'DECIMAL', type_scale: 3 });
  for (const column of [ofSnowflake, ofDatabricks, told]) expect(converted(column, '-1.5')).toBe('-1.500');
});

test('a moment with an offset is one in UTC', () => {
  const column = snowflake({ name: 'C', type: 'timestamp_tz' });
  expect(converted(column, '2026-01-31 10:20:30.120000+00:00')).toBe('2026-01-31 10:20:30.12+00');
  expect(converted(column, '2026-01-31 10:20:30.120000-05:30')).toBe('2026-01-31 15:50:30.12+00');
});
