import { describe, expect, test } from 'vitest';
import { columnOf } from '../../warehouse/trino/kinds.ts';
import { readStatement } from '../../warehouse/trino/statements.ts';

describe('types of Trino', () => {
  test.each([
    ['boolean', 'boolean'],
    ['bigint', 'integer'],
    ['decimal(38, 18)', 'decimal'],
    ['real', 'float'],
    ['varchar', 'text'],
    ['varchar(10)', 'text'],
    ['char(5)', 'text'],
    ['uuid', 'text'],
    ['ipaddress', 'text'],
    ['unknown', 'text'],
    ['date', 'date'],
    ['timestamp(6)', 'timestamp'],
    ['timestamp(3) with time zone', 'timestamptz'],
    ['timestamp with time zone', 'timestamptz'],
    ['time(3)', 'unsupported'],
    ['time(3) with time zone', 'unsupported'],
    ['array(varchar)', 'unsupported'],
    ['map(varchar, integer)', 'unsupported'],
    ['row(a integer)', 'unsupported'],
    ['varbinary', 'unsupported'],
    ['json', 'unsupported'],
    ['interval day to second', 'unsupported'],
  ])('%s is of the kind %s', (type, kind) => {
    expect(columnOf('value', type, 0)).toMatchObject({ kind, databaseType: type });
  });
});

test('a real is never cast to varchar, which would keep only seven digits of 123456.79', () => {
  const columns = ['real', 'double'].map((type, position) => columnOf('value', type, position));
  expect(readStatement({ table: 'people' }, columns, 2).text).toBe(
    `select case when c0 is not null then format('%s', c0) end, cast(c1 as varchar) from "people" segment(c0, c1)`,
  );
});

test('names of tables are quoted part by part, and columns are selected by their position', () => {
  const columns = [columnOf('value', 'varchar', 1)];
  expect(readStatement({ table: 'ma"rt.people' }, columns, 2).text).toBe(
    `select c1 from "ma""rt"."people" segment(c0, c1)`,
  );
});
