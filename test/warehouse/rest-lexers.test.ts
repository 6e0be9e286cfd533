import { describe, expect, test } from 'vitest';
import { DATABRICKS } from '../../warehouse/databricks/statements.ts';
import { SNOWFLAKE } from '../../warehouse/snowflake/statements.ts';
import { singleStatement } from '../../warehouse/sql/semicolon.ts';

/** A `;` that ends the query becomes a blank; `¿` is one that must stay, or the first that more follows. */
describe.each([
  [
    'Snowflake',
    SNOWFLAKE,
    [
      'select 1; // done¿ really',
      'select 1; -- done¿ really',
      'select $$a¿$$;',
      String.raw`select 'it\'s¿';`,
      "select 'it''s¿';",
      'select "a¿";',
      'select 1; /* a /* b */',
      'select $$--$$ ;',
    ],
    [
      'select 1¿ select 2;',
      'select 1¿ // a\n select 2',
      'select 1¿; select 2',
      '/* a\n*/ select $$ $$ ¿ x',
      'select 1 /* /* */ ¿ select 2 /* */',
    ],
  ],
  [
    'Databricks',
    DATABRICKS,
    [
      'select 1; -- done¿ really',
      String.raw`select r'\'; -- it's`,
      String.raw`select R"\"; -- 5" wide`,
      String.raw`select 'it\'s¿';`,
      String.raw`select "a\"¿";`,
      'select `a¿`;',
      'select 1; /* a /* b */ ¿ */',
    ],
    ['select 7 // 2¿ select 2;', 'select `a`¿\nselect 2', '¿select 1'],
  ],
] as const)('the end of a query of %s', (_, { tokens }, queries, several) => {
  test.each(queries)('%s', (query) => {
    expect(singleStatement(query.replace('¿', ';'), tokens)).toBe(query.replace(';', ' ').replace('¿', ';'));
  });

  test.each(several)('%j is several statements', (query) => {
    const [before] = query.split('¿');
    const lines = before!.split('\n');
    const place = `at line ${lines.length}, column ${lines.at(-1)!.length + 1} of the query`;
    expect(() => singleStatement(query.replace('¿', ';'), tokens)).toThrow(
      `The segment's query failed: it has more than one statement, ${place}.`,
    );
  });
});

test('a query with a quote that is not closed stays as it is, so that the database reports the quote', () => {
  for (const query of ["select 'it's; fine';", 'select "a; select 2', "select 1; select 'a"])
    expect(singleStatement(query, SNOWFLAKE.tokens)).toBe(query);
});

test('a table of Snowflake without quotes has its name in upper case; another name stays as it is', () => {
  expect(SNOWFLAKE.quote('customers')).toBe('"CUSTOMERS"');
  expect(SNOWFLAKE.quote('Shop Customers')).toBe('"Shop Customers"');
  expect(SNOWFLAKE.quote('a"b')).toBe('"a""b"');
});

test('a name of Databricks keeps its case', () => {
  expect(DATABRICKS.quote('Customers`')).toBe('`Customers```');
});
