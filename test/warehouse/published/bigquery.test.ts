import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { openBigquery } from '../../../warehouse/bigquery/open.ts';
import { TIMEOUTS } from '../../../warehouse/bigquery/waits.ts';
import { failureOf } from '../../support/failure-of.ts';
import { READER, readAll, type WholeRead } from '../reading.ts';
import { replay, type Seen } from './replay.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** What is asked of BigQuery: a dry run, a job, or the results of one. */
type Step = 'token' | 'dry run' | 'job' | 'results';

function stepOf({ method, url, body }: Seen): Step {
  if (url === '/token') return 'token';
  if (method === 'GET') return 'results';
  return body.includes('"dryRun":true') ? 'dry run' : 'job';
}

const USUAL: Record<Step, string> = {
  token: 'token',
  'dry run': 'job',
  job: 'job',
  results: 'query-results',
};

/** Reads a query whose calls get these examples. */
async function read(answers: Partial<Record<Step, string>> = {}): Promise<WholeRead & { requests: Seen[] }> {
  const { url, requests } = await replay((request) => {
    const step = stepOf(request);
    return `bigquery/${answers[step] ?? USUAL[step]}`;
  });
  const key = { type: 'service_account', client_email: 'reader@shop', private_key: privateKey };
  const text = JSON.stringify({ ...key, token_uri: `${url}/token` });
  const warehouse = await openBigquery(
    {
      project: 'shop',
      credentials: { variable: 'KEY', text },
      statementTimeout: 60_000,
      reader: READER,
    },
    { url, rows: 'rest' },
    { ...TIMEOUTS, pause: 5 },
  );
  return { ...(await readAll(warehouse, "SELECT 1 AS x, 'foo' AS y;", ['x', 'y'])), requests };
}

test("BigQuery's published rows are those of the query, and the published token is used", async () => {
  const { columns, lines, rows, requests } = await read();
  expect(columns.map(({ kind, databaseType }) => [kind, databaseType])).toEqual([
    ['integer', 'INT64'],
    ['text', 'STRING'],
  ]);
  expect(lines).toEqual([['1', 'foo']]);
  expect(rows).toBe(1);
  const [, ...calls] = requests;
  expect(new Set(calls.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer 1/ours']));
});

test.each<[Step, string, string, RegExp]>([
  [
    'dry run',
    'query-error',
    'SegmentQueryFailed',
    /a column does not exist, at .*BigQuery error invalidQuery/,
  ],
  ['job', 'query-error', 'SegmentQueryFailed', /BigQuery error invalidQuery/],
  ['dry run', 'table-not-found', 'SegmentQueryFailed', /a table or another object does not exist/],
  ['dry run', 'not-found', 'SegmentQueryFailed', /a table or another object does not exist/],
  ['token', 'invalid-client', 'ConfigurationInvalid', /OAuth invalid_client/],
  ['dry run', 'quota-error', 'SourceUnavailable', /BigQuery error quotaExceeded/],
  ['results', 'quota-error', 'SourceUnavailable', /BigQuery error quotaExceeded/],
  ['results', 'job-timeout', 'SegmentQueryFailed', /the statement was canceled \(BigQuery error stopped\)/],
])('the call for the %s that is answered with %s fails with %s', async (step, name, type, message) => {
  const failure = await failureOf(read({ [step]: name }));
  expect(failure).toMatchObject({ type, cause: undefined });
  expect(failure.message).toMatch(message);
  expect(failure.message).not.toMatch(/secret|after 1 sec/);
});
