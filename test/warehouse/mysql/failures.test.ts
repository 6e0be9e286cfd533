import { expect, test } from 'vitest';
import { failuresOf } from '../../../warehouse/mysql/failures.ts';

const failures = failuresOf({ variable: 'SHOP_URL', statementTimeout: 60_000 }, () => ({ id: '7' }));
const errorOf = (errno: number) => Object.assign(new Error('hunter2'), { errno, sqlState: 'HY000' });

test.each([
  ['the statement timeout of MariaDB', 1969, 60_000, 'SegmentQueryFailed', /statementTimeout/],
  ['the statement timeout of MySQL', 3024, 60_000, 'SegmentQueryFailed', /statementTimeout/],
  ['a shorter limit of the server', 3024, 10, 'SegmentQueryFailed', /a configured limit of the server/],
  ['a query that somebody killed', 1317, 10, 'SourceUnavailable', /MySQL error 1317/],
  ['a connection that somebody killed', 1927, 10, 'SourceUnavailable', /MySQL error 1927/],
  ['a deadlock', 1213, 10, 'SourceUnavailable', /MySQL error 1213/],
  [
    'a view without its table',
    1356,
    10,
    'SegmentQueryFailed',
    /a view refers to a table, column or function that does not exist, or that its definer has no right to use \(MySQL error 1356\)/,
  ],
  ['an unknown error', 9999, 10, 'SegmentQueryFailed', /MySQL error 9999/],
])('%s is reported as what it is', (_, errno, elapsed, type, message) => {
  const failure = failures(errorOf(errno), { elapsed });
  expect(failure).toMatchObject({
    type,
    retryable: type === 'SourceUnavailable',
    message: expect.stringMatching(message) as string,
    cause: undefined,
  });
  expect((failure as Error).message).not.toContain('hunter2');
});
