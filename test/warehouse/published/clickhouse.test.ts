import { expect, test } from 'vitest';
import type { Failure } from '../../../contract/failure.ts';
import { openClickHouse } from '../../../warehouse/clickhouse/open.ts';
import { READER, readAll } from '../reading.ts';
import { inTurn, replay } from './replay.ts';

const COLUMNS = ['sleepEachRow(0.001)', 'throwIf(equals(number, 2))'];

async function failureOf(...answers: string[]): Promise<Failure> {
  const { url } = await replay(inTurn(...answers.map((name) => `clickhouse/${name}`)));
  const source = { url, variable: 'SHOP_URL', statementTimeout: 60_000, reader: READER };
  return readAll(openClickHouse(source), 'select 1', COLUMNS).then(
    () => expect.fail('the read should have failed'),
    (error: Failure) => error,
  );
}

test.each(['error-with-tag', 'error-in-text'])(
  "ClickHouse's %s after the first rows of an answer 200 fails the read",
  async (name) => {
    const failure = await failureOf('described', name);
    expect(failure).toMatchObject({ type: 'SegmentQueryFailed', cause: undefined });
    expect(failure.message).toContain('(ClickHouse error 395)');
    expect(failure.message).not.toContain('SECRET');
  },
);

test.each([
  ['several-statements', /a syntax error.*\(ClickHouse error 62\)/],
  ['old-form', /a syntax error.*\(ClickHouse error 62\)/],
  ['bad-parameter', /\(ClickHouse error 457\)/],
])('%s is an error of the query', async (name, message) => {
  const failure = await failureOf(name);
  expect(failure).toMatchObject({ type: 'SegmentQueryFailed', cause: undefined });
  expect(failure.message).toMatch(message);
  expect(failure.message).not.toContain('SECRET');
});
