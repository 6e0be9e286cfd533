import type { FieldDef } from 'pg';
import { describe, expect, test } from 'vitest';
import { columnOf } from '../../warehouse/redshift/kinds.ts';
import { describeStatement, lookStatement } from '../../warehouse/redshift/statements.ts';

describe('types of Redshift', () => {
  test.each([
    [16, -1, 'boolean', 'boolean'],
    [20, -1, 'integer', 'bigint'],
    [700, -1, 'float', 'real'],
    [705, -1, 'text', 'unknown'],
    [1042, 9, 'text', 'character(5)'],
    [1043, 260, 'text', 'character varying(256)'],
    [1082, -1, 'date', 'date'],
    [1114, -1, 'timestamp', 'timestamp'],
    [1184, -1, 'timestamptz', 'timestamptz'],
    [1700, (38 << 16) + 18 + 4, 'decimal', 'numeric(38,18)'],
    [1083, -1, 'unsupported', 'time'],
    [1188, -1, 'unsupported', 'interval year to month'],
    [1266, -1, 'unsupported', 'timetz'],
    [3000, -1, 'unsupported', 'geometry'],
    [4000, -1, 'unsupported', 'super'],
    [6551, -1, 'unsupported', 'varbyte'],
    [9_999, -1, 'unsupported', 'type 9999'],
  ])('%i with the modifier %i is of the kind %s', (dataTypeID, dataTypeModifier, kind, databaseType) => {
    const field = { name: 'c', dataTypeID, dataTypeModifier } as FieldDef;
    expect(columnOf(field)).toMatchObject({ name: 'c', kind, databaseType });
  });
});

test.each([
  ['select 1; select 2', true],
  ["select ';'", false],
  ['select 1 as ";"', false],
  [String.raw`select '\';'`, false],
  ['select $$;$$, $a$;$$;$a$', false],
  ['select 1 -- ;', false],
  ['select 1 /* a /* b */ ; */', false],
])('%s has several statements: %s', (query, has) => {
  const describing = expect(() => describeStatement({ query }));
  if (has) describing.toThrow('it has more than one statement');
  else describing.not.toThrow();
});

test('a query of a guard returns one row, however many it finds', () => {
  expect(lookStatement('select 1', 'guards.freshness')).toMatchObject({
    text: 'select * from (select 1\n) segment limit 1',
    setting: 'guards.freshness',
  });
});
