import { expect, test } from 'vitest';
import { describeStatement, queryOf, refusalOf, statementOf } from '../../warehouse/sqlserver/query.ts';

const textOf = (query: string) => statementOf(queryOf({ query }), '*').text;

test.each([
  ['select 1 as id', 'select * from (select 1 as id\n) segment'],
  ['select 1 as id -- end', 'select * from (select 1 as id -- end\n) segment'],
  [
    'with a as (select 1 as id) select id from a',
    'with a as (select 1 as id) select * from (select id from a\n) segment',
  ],
  [
    ';with a (id, [b)]) as (select 1, (2)), c as (select 1 as d)\nselect id from a',
    ' with a (id, [b)]) as (select 1, (2)), c as (select 1 as d)\nselect * from (select id from a\n) segment',
  ],
  // not understood: the server refuses it, as it refuses the same query elsewhere
  ['with a as select 1', 'select * from (with a as select 1\n) segment'],
  ['with a as (select 1)', 'select * from (with a as (select 1)\n) segment'],
])('the statement of %j', (query, text) => {
  expect(textOf(query)).toBe(text);
});

test('a table is quoted part by part', () => {
  expect(statementOf(queryOf({ table: 'market]ing.people' }), '*').text).toBe(
    'select * from [market]]ing].[people] segment',
  );
});

test('a query is quoted where the server describes it', () => {
  const text = describeStatement(queryOf({ query: "select max('it''s')" }));
  expect(text).toBe("exec sp_describe_first_result_set N'select max(''it''''s'')'");
});

test.each([
  'select \'; go\' as id, [;)] as b, "(" as c',
  'select 1 as id /* a /* ; */ ; ) */',
  'select 1 as id -- ; go )',
  'select top (1) id from a order by id',
  'select distinct top 1 id from a order by id',
  'select all top 1 id from a order by id',
  'select id from a order by id offset 0 rows',
  "select id from a order by id for xml path('')",
  'select row_number() over (order by id) as id from a',
  'select id from (select top 1 id from a order by id) b',
  'with a as (select top 1 id from b order by id) select id from a',
  'select go as id from a',
  'select order_by from a',
])('%j is not refused', (query) => {
  expect(refusalOf(queryOf({ query }))).toBeUndefined();
});

test.each([
  ['select 1 as id) select (2', 'severalStatements', 14],
  ['select (1 as id', 'syntax', 15],
  ["select 'O'Brien' as id; select 1", 'syntax', 15],
  ['select [id', 'syntax', 7],
  ['select 1 as id\ngo', 'batchSeparator', 15],
  ['select 1 as id\n  GO 5 -- five times', 'batchSeparator', 17],
  ['select id from a order by id', 'bareOrderBy', 17],
  ['select id from a Order\nBy id', 'bareOrderBy', 17],
  ['select top_name from a order by id', 'bareOrderBy', 23],
  ['with a as (select 1 as id) select id from a order by id', 'bareOrderBy', 44],
])('%j is refused: %s at %i', (query, condition, at) => {
  expect(refusalOf(queryOf({ query }))).toEqual({ condition, at });
});
