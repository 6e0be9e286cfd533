import { expect, test } from 'vitest';
import { openTrino } from '../../../warehouse/trino/open.ts';
import { failureOf } from '../../support/failure-of.ts';
import { READER, readAll } from '../reading.ts';
import { replay, type Script } from './replay.ts';

/** Reads a query; its answers follow each other by their `nextUri`, except for the coordinator's count. */
async function read(script: Script) {
  const { url } = await replay(script);
  const source = { url: url.replace('//', '//reader@'), variable: 'LAKE_URL', statementTimeout: 60_000 };
  return readAll(openTrino({ ...source, reader: READER }), 'select 1', ['name']);
}

test("Trino's published answers are followed by nextUri, whose host does not matter", async () => {
  const { columns, lines, rows } = await read(({ method, url }) => {
    if (method === 'POST') return 'trino/queued';
    return url.endsWith('/1') ? 'trino/rows' : 'trino/finished';
  });
  expect(columns).toMatchObject([{ kind: 'text', databaseType: 'varchar' }]);
  expect(lines).toEqual([['Zoë'], [String.raw`\N`]]);
  expect(rows).toBe(2);
});

test.each(['POST', 'GET'])(
  "Trino's published error, in the answer to %s, is one of the query",
  async (on) => {
    const failed = read(({ method }) => `trino/${method === on ? 'error' : 'queued'}`);
    const failure = await failureOf(failed);
    expect(failure).toMatchObject({ type: 'SegmentQueryFailed', cause: undefined });
    expect(failure.message).toMatch(/a syntax error.*\(Trino error SYNTAX_ERROR\)/);
    expect(failure.message).not.toContain('SECRET');
  },
);
