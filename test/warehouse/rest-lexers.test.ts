import { describe, expect, test } from 'vitest';
import { DATABRICKS } from '../../warehouse/databricks/statements.ts';
import { SNOWFLAKE } from '../../warehouse/snowflake/statements.ts';
import { withoutFinalSemicolon } from '../../warehouse/sql/semicolon.ts';

/** A `;` that ends the query becomes a blank; `¿` is one that must stay. */
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
      'select 1¿ select 2;',
      'select 1¿ // a\n select 2',
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
      'select 7 // 2¿ select 2;',
      'select 1¿ select 2;',
    ],
  ],
] as const)('the end of a query of %s', (_, { tokens }, queries) => {
  test.each(queries)('%s', (query) => {
    expect(withoutFinalSemicolon(query.replace('¿', ';'), tokens)).toBe(
      query.replace(';', ' ').replace('¿', ';'),
    );
  });
});

test('a table of Snowflake without quotes has its name in upper case; another name stays as it is', () => {
  expect(SNOWFLAKE.quote('customers')).toBe('"CUSTOMERS"');
  expect(SNOWFLAKE.quote('Shop Customers')).toBe('"Shop Customers"');
  expect(SNOWFLAKE.quote('a"b')).toBe('"a""b"');
});

test('a name of Databricks keeps its case', () => {
  expect(DATABRICKS.quote('Customers`')).toBe('`Customers```');
});
