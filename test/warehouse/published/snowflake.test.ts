import { describe, expect, test } from 'vitest';
import { openSnowflake } from '../../../warehouse/snowflake/open.ts';
import { failureOf } from '../../support/failure-of.ts';
import { READER, readAll } from '../reading.ts';
import { inTurn, replay, type Script, type Seen } from './replay.ts';

const open = (origin: string) =>
  openSnowflake(
    {
      account: 'MYORG-SHOP',
      login: { token: 'pat' },
      warehouse: 'REPORTING',
      statementTimeout: 60_000,
      reader: READER,
    },
    { origin },
  );

/** Accepts each statement, then answers to the calls for its status. */
function statements(status: Script): Script {
  return (request) => `snowflake/${request.method === 'POST' ? 'in-progress' : status(request)}`;
}

/** The statements that were sent. */
const sent = (requests: Seen[]) =>
  requests
    .filter(({ method, url }) => method === 'POST' && !url.includes('/cancel'))
    .map(({ body }) => (JSON.parse(body) as { statement: string }).statement);

async function rejection(script: Script) {
  const { url } = await replay(script);
  return failureOf(readAll(open(url), 'select 1', ['NAME']));
}

describe("Snowflake's published answers", () => {
  test('a result of one partition becomes its rows', async () => {
    const { url } = await replay(statements(() => 'result-set'));
    const { columns, lines, rows } = await readAll(open(url), 'select 1', ['NAME', 'COUNT']);
    expect(columns.map(({ kind, databaseType }) => [kind, databaseType])).toEqual([
      ['text', 'TEXT'],
      ['integer', 'NUMBER(1,0)'],
    ]);
    expect(lines).toEqual([
      ['ours', '7'],
      ['them', '8'],
    ]);
    expect(rows).toBe(2);
  });

  test('a second partition is compressed, and has no metadata', async () => {
    const partition = ({ url }: Seen) => (url.endsWith('?partition=1') ? 'partition' : 'partitions');
    const { url } = await replay(statements(partition));
    const { lines, rows } = await readAll(open(url), 'select 1', ['ROW()', 'TEXT(100, 1)']);
    expect(lines).toEqual([
      ['0', 'Zoë'],
      ['1', 'Tim'],
      ['2', 'Ann'],
      ['3', String.raw`\N`],
      ['4', 'Bob'],
    ]);
    expect(rows).toBe(5);
  });

  test('types can be in upper case; a moment is selected as a text', async () => {
    const { url, requests } = await replay(statements(() => 'types'));
    const names = ['ROWNUM', 'NAME', 'CREATED_ON'];
    const { columns, lines } = await readAll(open(url), 'select 1', names);
    expect(columns.map(({ kind }) => kind)).toEqual(['integer', 'text', 'timestamp']);
    expect(lines).toEqual([['1', 'Zoë', '2026-01-31 12:34:56.034598']]);
    const [described, read] = sent(requests);
    expect(described).toContain('limit 0');
    expect(read).toContain('"NAME", to_varchar("CREATED_ON")');
  });

  test('202 and 429 mean that the statement has not finished, however often they come', async () => {
    const busy = Array.from({ length: 6 }, () => 'too-many-requests');
    const { url } = await replay(statements(inTurn('in-progress', ...busy, 'result-set')));
    expect((await readAll(open(url), 'select 1', ['NAME', 'COUNT'])).rows).toBe(2);
  });

  test('a read that is canceled cancels its statement', async () => {
    const cancellation = new AbortController();
    const { url, requests } = await replay((request) => {
      if (request.url.endsWith('/cancel')) return 'snowflake/canceled';
      if (request.method === 'GET') setImmediate(() => cancellation.abort(new Error('enough')));
      return 'snowflake/in-progress';
    });
    await expect(readAll(open(url), 'select 1', ['NAME'], cancellation.signal)).rejects.toThrow('enough');
    expect(requests.map(({ method, url: at }) => `${method} ${at}`)).toContain(
      'POST /api/v2/statements/11111111-2222-4333-8444-555555555555/cancel',
    );
  });

  test.each([
    ['invalid-identifier', 'SegmentQueryFailed', /a column does not exist.*\(Snowflake error 000904\)/],
    [
      'unknown-function',
      'SegmentQueryFailed',
      /a function or operator does not exist.*\(Snowflake error 002139\)/,
    ],
    ['not-recognized', 'SegmentQueryFailed', /cannot be converted.*\(Snowflake error 100037\)/],
    ['timed-out', 'SegmentQueryFailed', /1m/],
    ['not-found', 'SourceUnavailable', /Snowflake error 000709/],
    ['invalid-payload', 'ConfigurationInvalid', /Snowflake error 390142/],
    ['invalid-token', 'ConfigurationInvalid', /Snowflake error 390303/],
  ])('%s is %s, to a call for the status and to the submission', async (name, type, message) => {
    for (const script of [statements(() => name), () => `snowflake/${name}`]) {
      const failure = await rejection(script);
      expect(failure).toMatchObject({ type, cause: undefined });
      expect(failure.message).toMatch(message);
      expect(failure.message).not.toMatch(/SECRET/i);
    }
  });

  test.each(['several-statements', 'too-large'])('%s is no complete segment', async (name) => {
    const described = inTurn('result-set', name);
    const { url } = await replay(statements(described));
    await expect(readAll(open(url), 'select 1', ['NAME', 'COUNT'])).rejects.toMatchObject({
      type: 'SourceUnavailable',
    });
  });
});
