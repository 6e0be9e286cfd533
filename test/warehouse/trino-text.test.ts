import { describe, expect, test } from 'vitest';
import { columnOf } from '../../warehouse/trino/kinds.ts';
import { describeStatement, lookStatement, readStatement } from '../../warehouse/trino/statements.ts';

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

test('the padding of a char(n) is no part of its value', () => {
  const columns = [columnOf('value', 'char(5)', 0)];
  expect(readStatement({ table: 'people' }, columns, 1).text).toBe(
    'select rtrim(cast(c0 as varchar)) from "people" segment(c0)',
  );
});

test('a comment of Trino ends at its first end, so what follows belongs to the query', () => {
  const { text } = describeStatement({ query: 'select 1; /* a /* b */' });
  expect(text).toBe('select * from (select 1  /* a /* b */\n) segment limit 0');
  expect(() => describeStatement({ query: 'select 1; /* /* */ + 1' })).toThrow('more than one statement');
});

test('a query of a guard reads one row, and its errors name the setting', () => {
  const columns = [columnOf('value', 'varchar', 0)];
  expect(lookStatement('select 1', 'guards.freshness', columns)).toMatchObject({
    text: 'select c0 from (select 1\n) segment(c0) limit 1',
    setting: 'guards.freshness',
  });
});

test('names of tables are quoted part by part, and columns are selected by their position', () => {
  const columns = [columnOf('value', 'varchar', 1)];
  expect(readStatement({ table: 'ma"rt.people' }, columns, 2).text).toBe(
    `select c1 from "ma""rt"."people" segment(c0, c1)`,
  );
});
