import { expect, test } from 'vitest';
import { failuresOf } from '../../../warehouse/mysql/failures.ts';
import { describeStatement } from '../../../warehouse/mysql/statements.ts';

const SYNTAX =
  'You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use';
const LONG = `2 2 ${'2'.repeat(90)}`;

/** Errors of MariaDB 10.11 about the statement that describes each query. */
test.each([
  [
    'select 1 as id\nfrom from',
    `${SYNTAX} near 'from\n) segment' at line 2`,
    'a syntax error, at line 2, column 6 of the query',
  ],
  ['select 1 as id\nfrom', `${SYNTAX} near ') segment' at line 3`, 'a syntax error, at the end of the query'],
  ['select (', `${SYNTAX} near '' at line 2`, 'a syntax error, at the end of the query'],
  [
    "select 'é🎈 it''s' as id,\n\t1 2 3,\n '🎈'",
    `${SYNTAX} near '2 3,\n '?'\n) segment' at line 2`,
    'a syntax error, at line 2, column 4 of the query',
  ],
  [
    `select ${LONG} at line 1`,
    `${SYNTAX} near '${LONG.slice(2, 79)}...' at line 1`,
    'a syntax error, at line 1, column 10 of the query',
  ],
  [
    `select 1\nunion select ${LONG}\nunion select ${LONG}`,
    `${SYNTAX} near '${LONG.slice(2, 79)}...' at line 2`,
    'a syntax error, at line 2 of the query',
  ],
  [
    'select 1 as id where (',
    "Fehler in der SQL-Syntax bei ') segment' in Zeile 2",
    'a syntax error, at the end of the query',
  ],
  ['select 1 1', `${SYNTAX} in another form`, 'a syntax error (MySQL error 1064)'],
])('%j', (query, sqlMessage, says) => {
  const statement = describeStatement({ query });
  const error = Object.assign(new Error('of mysql2'), { errno: 1064, sqlState: '42000', sqlMessage });
  const failures = failuresOf({ variable: 'SHOP_DATABASE_URL', statementTimeout: 1_000 }, () => ({
    id: '1',
  }));
  expect(failures(error, { statement })).toMatchObject({
    message: expect.stringContaining(says) as string,
  });
});
