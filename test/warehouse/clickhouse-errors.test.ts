import { describe, expect, test } from 'vitest';
import type { Failure } from '../../contract/failure.ts';
import { Sealed } from '../../contract/foreign.ts';
import { failuresOf, ServerError } from '../../warehouse/clickhouse/failures.ts';
import { openClickHouse } from '../../warehouse/clickhouse/open.ts';
import { failureOf } from '../support/failure-of.ts';
import { startAnswering } from './answering.ts';
import { READER, readAll } from './reading.ts';

describe('what an error of ClickHouse means', () => {
  const failures = failuresOf({ variable: 'SHOP_URL', statementTimeout: 60_000 });
  const statement = { text: 'select 1', offset: 0 };
  const meaning = (code: number, words = '', elapsed = 1_000) =>
    failures(new ServerError(code, words), { statement, elapsed }) as Failure;

  test.each([202, 209, 210, 242, 279, 394, 519])('error %i is temporary', (code) => {
    expect(meaning(code)).toMatchObject({ type: 'SourceUnavailable', retryable: true });
  });

  test.each([36, 60, 115, 153, 164, 241, 452, 9_999])('error %i is one of the query', (code) => {
    const failure = meaning(code, 'secret');
    expect(failure).toMatchObject({ type: 'SegmentQueryFailed', words: expect.any(Sealed) as unknown });
    expect(failure.message).toContain(`ClickHouse error ${code}`);
    expect(failure.message).not.toContain('secret');
  });

  test.each([
    [452, 'Setting max_execution_time should not be greater than 60', /^max_execution_time .* constraints/],
    [115, 'Unknown setting skip_unavailable_shards', /^skip_unavailable_shards .* 24\.3/],
    [164, "Cannot modify 'limit' setting in readonly mode", /^readonly of the user's profile .* 0 or 2/],
  ])('error %i about a setting of ours says what to change', (code, words, message) => {
    const failure = meaning(code, words);
    expect(failure).toMatchObject({ type: 'ConfigurationInvalid' });
    expect(failure.message).toMatch(message);
  });

  test('only a time limit that is ours names statementTimeout', () => {
    expect(meaning(159, '', 60_000).message).toContain('statementTimeout');
    const sooner = meaning(159, '', 59_999);
    expect(sooner).toMatchObject({ type: 'SegmentQueryFailed' });
    expect(sooner.message).not.toContain('statementTimeout');
    expect(meaning(60, '', 60_000).message).not.toContain('statementTimeout');
  });
});

test.each([
  [200, '', 'before the rows'],
  [200, 'id\nInt32\n', 'before the rows'],
  [500, '', 'before the rows'],
  [500, '<html>secret</html>', 'before the rows'],
  [200, '', 'with the rows'],
  [200, '1\n\\.1\n', 'with the rows'],
])(
  'an error that only the header of an answer tells (%i, %j, %s) fails the read',
  async (status, body, at) => {
    let requests = 0;
    const { origin } = await startAnswering(() => {
      requests += 1;
      if (at === 'with the rows' && requests === 1) return { body: 'id\nInt32\n' };
      return { status, headers: { 'x-clickhouse-exception-code': '153' }, body };
    });
    const source = { url: origin, variable: 'SHOP_URL', statementTimeout: 60_000, reader: READER };
    const error = await failureOf(readAll(openClickHouse(source), 'select 1 as id', ['id']));
    expect(error).toMatchObject({ type: 'SegmentQueryFailed' });
    expect(error.message).toContain('division by zero (ClickHouse error 153)');
    expect(error.message).not.toContain('secret');
    expect(requests).toBe(at === 'with the rows' ? 2 : 1); // a statement that has ended is not killed
  },
);
