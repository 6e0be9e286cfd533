import { describe, expect, test } from 'vitest';
import { openDatabricks, type DatabricksSource } from '../../../warehouse/databricks/open.ts';
import { failureOf } from '../../support/failure-of.ts';
import { READER, readAll } from '../reading.ts';
import { inTurn, replay, type Script, type Seen } from './replay.ts';

const open = (origin: string, login: DatabricksSource['login'] = { token: 'pat' }) =>
  openDatabricks(
    { host: 'shop.example', login, warehouse: 'abc', statementTimeout: 60_000, reader: READER },
    { origin },
  );

const COLUMNS = ['strCol', 'intCol', 'nullCol'];
const ROWS = [
  ['id-7', '7', String.raw`\N`],
  ['id-8', '8', String.raw`\N`],
  ['id-9', '9', String.raw`\N`],
];

/** Accepts each statement, answers to the calls for its status, and serves a result of two chunks. */
function statements(status: Script, chunk = 'chunk'): Script {
  return (request) => {
    const { method, url } = request;
    if (url.startsWith('/oidc')) return 'databricks/token';
    if (method === 'POST') return 'databricks/pending';
    if (url.startsWith('/very')) return `databricks/rows-${/\d/.exec(url)![0]}`;
    return `databricks/${url.includes('/chunks/') ? chunk : status(request)}`;
  };
}

async function rejection(script: Script) {
  const { url } = await replay(script);
  return failureOf(readAll(open(url), 'select 1', COLUMNS));
}

const toStore = (requests: Seen[]) => requests.filter(({ url }) => url.startsWith('/very'));

describe("Databricks' published answers", () => {
  test('a result of two chunks becomes its rows, and the store gets no token', async () => {
    const { url, requests } = await replay(statements(inTurn('running', 'succeeded')));
    const { columns, lines, rows } = await readAll(open(url), 'select 1', COLUMNS);
    expect(columns.map(({ kind, databaseType }) => [kind, databaseType])).toEqual([
      ['text', 'STRING'],
      ['integer', 'BIGINT'],
      ['text', 'VOID'],
    ]);
    expect(lines).toEqual(ROWS);
    expect(rows).toBe(3);
    expect(toStore(requests).map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  test('headers that a link needs are sent with it, and with no other', async () => {
    const { url, requests } = await replay(statements(() => 'succeeded', 'encrypted-chunk'));
    expect((await readAll(open(url), 'select 1', COLUMNS)).lines).toEqual(ROWS);
    const keys = toStore(requests).map(({ headers }) => headers['x-amz-server-side-encryption-customer-key']);
    expect(keys).toEqual([undefined, 'a key']);
  });

  test('a result without rows has no chunk', async () => {
    const { url } = await replay(statements(() => 'no-rows'));
    expect(await readAll(open(url), 'select 1', COLUMNS)).toMatchObject({ lines: [], rows: 0 });
  });

  test('a service principal gets a token for the calls', async () => {
    const { url, requests } = await replay(statements(() => 'succeeded'));
    await readAll(open(url, { clientId: 'reader', clientSecret: 'hunter2' }), 'select 1', COLUMNS);
    const [asked, ...calls] = requests.filter(({ url: at }) => !at.startsWith('/very'));
    expect(asked).toMatchObject({
      url: '/oidc/v1/token',
      body: 'grant_type=client_credentials&scope=all-apis',
    });
    expect(new Set(calls.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer eyJr-ours']));
  });

  test.each([
    ['failed', 'SegmentQueryFailed', /a syntax error.*\(Databricks PARSE_SYNTAX_ERROR\)/],
    ['failed-recorded', 'SegmentQueryFailed', /at line 1.*\(Databricks PARSE_SYNTAX_ERROR\)/],
    ['closed', 'SourceUnavailable', /CANCELLED/],
    ['canceled', 'SourceUnavailable', /CANCELLED/],
    ['removed', 'SourceUnavailable', /HTTP status 404/],
    ['invalid-token', 'ConfigurationInvalid', /HTTP status 403/],
    ['no-credential', 'ConfigurationInvalid', /HTTP status 401/],
  ])('%s is %s', async (name, type, message) => {
    const failure = await rejection(statements(() => name));
    expect(failure).toMatchObject({ type, cause: undefined });
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toContain('SECRET');
  });

  test.each(['invalid-token', 'no-credential'])('%s refuses a submission, too', async (name) => {
    expect(await rejection(() => `databricks/${name}`)).toMatchObject({ type: 'ConfigurationInvalid' });
  });
});
