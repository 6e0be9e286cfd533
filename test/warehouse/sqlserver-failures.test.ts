import { expect, test } from 'vitest';
import type { Failure } from '../../contract/failure.ts';
import { failuresOf, LATE, NO_TLS } from '../../warehouse/sqlserver/failures.ts';
import type { Statement } from '../../warehouse/sql/statements.ts';

const failures = failuresOf({ connection: 'shop.example', statementTimeout: 60_000 });
const statement: Statement = { text: '', query: 'select 1\nfrom a', offset: 0 };
const failureOf = (facts: object, during = { statement }) =>
  failures(Object.assign(new Error("the value 'secret'"), facts), during) as Failure;

test.each([
  ['syntax', [102, 156, 319], 'a syntax error'],
  ['bare ORDER BY', [1033], 'ORDER BY without TOP or OFFSET'],
  ['names', [208], 'a table does not exist'],
  ['names', [2760, 911], 'a schema does not exist'],
  ['names', [207, 4104], 'a column does not exist'],
  ['names', [195, 2812], 'a function or operator does not exist'],
  ['names', [209], 'ambiguous'],
  ['columns', [8155], 'a column has no name'],
  ['columns', [8156], 'duplicated'],
  ['groups', [8120], 'neither grouped nor aggregated'],
  ['permissions', [229, 230, 262, 916], 'a permission is missing'],
  ['a database that is read-only', [3906], 'read-only'],
  ['types', [206, 402], 'types do not match'],
  ['values', [245, 8114], 'text cannot be converted'],
  ['values', [220, 8115], 'out of range'],
  ['values', [241, 242], 'not a valid date or time'],
  ['values', [8134], 'division by zero'],
  ['values', [512], 'more than one row'],
  ['values', [281, 537], 'a value is not valid'],
  ['memory', [701, 802], 'out of memory'],
  ['the disk', [1105, 9002], 'the disk of the server is full'],
  ['limits', [8623], 'limit of the server'],
  ['features', [3952, 40515], 'does not support a feature'],
  ['another kind', [50_000], 'an error of the database'],
])('errors of %s (%j) fail the query: %s', (_, numbers, words) => {
  for (const number of numbers) {
    const failure = failureOf({ number, lineNumber: 2 });
    expect(failure).toMatchObject({ type: 'SegmentQueryFailed', retryable: false, cause: undefined });
    expect(failure.message).toContain(words);
    expect(failure.message).toContain(`at line 2 of the query (SQL Server error ${number})`);
    expect(failure.message).not.toContain('secret');
    expect(failure.words!.open()).toContain('secret');
  }
});

test.each([
  [
    'logins and databases',
    'ConfigurationInvalid',
    [4060, 18452, 18456, 18470, 18486, 18487, 18488, 40615, 40914],
  ],
  ['deadlocks and locks', 'SourceUnavailable', [1205, 1222]],
  ['lost snapshots', 'SourceUnavailable', [3957, 3958, 3959, 3960, 3961, 3966]],
  ['restarts and failovers', 'SourceUnavailable', [596, 921, 922, 976, 978, 983, 6005, 17142, 17148]],
  ['waits for memory', 'SourceUnavailable', [8628, 8651]],
  [
    'Azure',
    'SourceUnavailable',
    [4221, 10928, 10929, 40143, 40197, 40501, 40540, 40549, 40550, 40613, 49918, 49919, 49920],
  ],
])('errors of %s are %s: %j', (_, type, numbers) => {
  for (const number of numbers) {
    const failure = failureOf({ number });
    expect(failure).toMatchObject({ type, retryable: type === 'SourceUnavailable' });
    expect(failure.message).toContain(`SQL Server error ${number}`);
    expect(failure.message).not.toContain('secret');
  }
});

test('an error beyond the last line of the query is at its end; one without a line, or of a table, has no place', () => {
  expect(failureOf({ number: 102, lineNumber: 3 }).message).toContain('at the end of the query');
  expect(failureOf({ number: 102 }).message).not.toMatch(/at line|at the end/);
  const table: Statement = { text: '', table: 'people', offset: 0 };
  expect(failureOf({ number: 208, lineNumber: 1 }, { statement: table }).message).not.toContain('at line');
});

test('a statement that was canceled because of our timeout names the setting', () => {
  const failure = failureOf({ code: LATE });
  expect(failure).toMatchObject({ type: 'SegmentQueryFailed' });
  expect(failure.message).toMatch(/canceled after 1m.*statementTimeout/);
});

test.each([
  [{ code: 'ELOGIN' }, 'ConfigurationInvalid', 'rejected the login (ELOGIN)'],
  [{ code: NO_TLS }, 'ConfigurationInvalid', 'does not support TLS'],
  [{ code: 'ESOCKET', cause: { code: 'ECONNRESET' } }, 'SourceUnavailable', 'ECONNRESET'],
  [{ code: 'ESOCKET', cause: { code: 'SELF_SIGNED_CERT_IN_CHAIN' } }, 'ConfigurationInvalid', 'certificate'],
  [{ code: LATE }, 'SourceUnavailable', LATE],
])('%j of tedious is %s', (facts, type, words) => {
  const failure = failures(Object.assign(new Error('secret'), facts)) as Failure;
  expect(failure).toMatchObject({ type });
  expect(failure.message).toContain(words);
  expect(failure.message).not.toContain('secret');
});

test('a defect of ours and a failure stay what they are', () => {
  const failure = failureOf({ number: 102 });
  for (const error of [new TypeError('x'), failure, 'text']) expect(failures(error)).toBe(error);
});
