import { gunzipSync } from 'node:zlib';
import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../../setup/until.ts';
import type { Shim } from '../server.ts';
import { answer, call, ended, jwt, LOGIN, type Answer } from './client.ts';
import { startSnowflakeShim } from './shim.ts';

const ROWS = (n: number) =>
  `select seq4() + 1 as id, repeat('x', 100) as padding from table(generator(rowcount => ${n}))`;
const SLOW =
  'select count(*) as id from table(generator(rowcount => 1000000)) a, table(generator(rowcount => 1000000)) b';
let shim: Shim;
beforeEach(async () => {
  shim = await startSnowflakeShim({
    login: LOGIN,
    partitionBytes: 20_000,
    syncWait: 20,
    names: { role: ['READER'] },
  });
});
afterEach(() => shim.close());

/** A statement without a wait, once it has ended. */
async function submitted(statement: string, more: object = {}): Promise<Response> {
  const { statementHandle } = await answer(shim.url, statement, more, '?async=true');
  return ended(shim.url, statementHandle);
}

// Source: docs.snowflake.com/en/developer-guide/sql-api/authenticating.
describe('logins', () => {
  const now = Math.floor(Date.now() / 1000);
  test.each([
    ['a JWT', jwt(), 'KEYPAIR_JWT', 200],
    [
      'a JWT with times in milliseconds',
      jwt({ iat: now * 1000, exp: (now + 60) * 1000 }),
      'KEYPAIR_JWT',
      200,
    ],
    ['a JWT without the header of its type', jwt(), '', 200],
    ['a JWT of another user', jwt({ sub: 'ORG-ACCOUNT.OTHER' }), 'KEYPAIR_JWT', 401],
    ['a JWT with an issuer in lower case', jwt({ iss: 'org-account.loader.SHA256:x' }), 'KEYPAIR_JWT', 401],
    [
      'a JWT older than an hour that expires later',
      jwt({ iat: now - 3700, exp: now + 60 }),
      'KEYPAIR_JWT',
      401,
    ],
    ['a JWT with a changed signature', `${jwt().slice(0, -8)}AAAAAAAA`, 'KEYPAIR_JWT', 401],
    ['a programmatic access token', 'pat-1', 'PROGRAMMATIC_ACCESS_TOKEN', 200],
    ['another programmatic access token', 'pat-2', 'PROGRAMMATIC_ACCESS_TOKEN', 401],
    ['a JWT sent as a programmatic access token', jwt(), 'PROGRAMMATIC_ACCESS_TOKEN', 401],
  ])('%s', async (_, token, type, status) => {
    const headers = { authorization: `Bearer ${token}`, 'x-snowflake-authorization-token-type': type };
    const { statementHandle } = await answer(shim.url, 'select 1 as a', {}, '?async=true');
    await ended(shim.url, statementHandle);
    expect((await call(shim.url, `/${statementHandle}`, undefined, headers)).status).toBe(status);
  });
});

// Source: docs.snowflake.com/en/developer-guide/sql-api/reference and handling-responses.
describe('statements', () => {
  test('async=true answers 202 with the handle, and the result is at its URL', async () => {
    const response = await call(shim.url, '?async=true', { statement: 'select 1 as id' });
    const body = (await response.json()) as Answer;
    expect(response.status).toBe(202);
    expect(body).toMatchObject({
      code: '333334',
      statementStatusUrl: `/api/v2/statements/${body.statementHandle}`,
    });
    expect(await (await ended(shim.url, body.statementHandle)).json()).toMatchObject({
      code: '090001',
      sqlState: '00000',
      data: [['1']],
    });
  });

  test('a statement that takes longer than the wait is answered with 202, runs, and can be canceled', async () => {
    const response = await call(shim.url, '', { statement: SLOW });
    expect(response.status).toBe(202);
    const { statementHandle } = (await response.json()) as Answer;
    await until('it runs', async () => shim.running() === 1);
    const canceled = await call(shim.url, `/${statementHandle}/cancel`, {});
    expect([canceled.status, await canceled.json()]).toEqual([
      200,
      expect.objectContaining({ code: '000604', sqlState: '57014', message: 'SQL execution canceled' }),
    ]);
    expect([shim.running(), shim.unread()]).toEqual([0, 0]);
    expect((await call(shim.url, `/${statementHandle}`)).status).toBe(422);
  });

  test('a statement that exceeds its timeout ends with 408', async () => {
    await shim.close();
    shim = await startSnowflakeShim({ login: LOGIN });
    const response = await call(shim.url, '', { statement: SLOW, timeout: 1 });
    expect([response.status, await response.json()]).toMatchObject([
      408,
      { code: '000630', sqlState: '57014' },
    ]);
    expect(shim.running()).toBe(0);
  });

  test.each([
    [
      'select 1 as id,\n  afaf',
      '000904',
      '42000',
      "SQL compilation error: error line 2 at position 2\ninvalid identifier 'AFAF'",
    ],
    [
      'select 1 from nowhere',
      '002003',
      '42S02',
      "SQL compilation error:\nObject 'NOWHERE' does not exist or not authorized.",
    ],
    [
      'selct 1',
      '001003',
      '42000',
      "SQL compilation error:\nsyntax error line 1 at position 0 unexpected 'SELCT'.",
    ],
    ["select 'abc'::number as v", '100038', '22018', "Numeric value 'abc' is not recognized"],
  ])('%s fails with 422 and code %s', async (statement, code, sqlState, message) => {
    const response = await call(shim.url, '', { statement });
    const body = response.status === 202 ? await submitted(statement) : response;
    expect([body.status, await body.json()]).toMatchObject([422, { code, sqlState, message }]);
  });

  test('the same requestId with retry=true finds the first statement', async () => {
    const path = '?async=true&requestId=ea7b46ed-bdc1-4c32-9593-764fcad64e83';
    const first = await answer(shim.url, 'select 1 as a', {}, path);
    expect((await answer(shim.url, 'select 1 as a', {}, `${path}&retry=true`)).statementHandle).toBe(
      first.statementHandle,
    );
    expect((await answer(shim.url, 'select 1 as a', {}, path)).statementHandle).not.toBe(
      first.statementHandle,
    );
  });

  // Source: docs.snowflake.com/en/developer-guide/sql-api/submitting-multiple-statements.
  test('several statements need their count', async () => {
    const statement = "select ';' as a; select 2 as b;";
    expect(await answer(shim.url, statement)).toMatchObject({
      message: 'Actual statement count 2 did not match the desired statement count 1.',
    });
    const parameters = { MULTI_STATEMENT_COUNT: '2' };
    const whole = (await (await submitted(statement, { parameters })).json()) as Answer;
    expect(whole.data).toEqual([['Multiple statements executed successfully.']]);
    const parts = await Promise.all(
      whole.statementHandles!.map(async (handle) => (await ended(shim.url, handle)).json()),
    );
    expect(parts).toMatchObject([{ data: [[';']] }, { data: [['2']] }]);
  });

  test('unknown parameters, content types, names and handles are refused', async () => {
    const statement = 'select 1 as a';
    expect((await call(shim.url, '', { statement, parameters: { AUTOCOMMIT: 'x' } })).status).toBe(400);
    expect((await call(shim.url, '', { statement }, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await call(shim.url, '', { statement, role: 'reader' })).status).toBe(422);
    expect((await call(shim.url, '/no-handle/cancel', {})).status).toBe(422);
    expect((await call(shim.url, '/a/b/c')).status).toBe(404);
  });
});

// Source: handling-responses, "Retrieving additional partitions".
describe('partitions', () => {
  test('the first has the metadata of all; the others are gzip without metadata', async () => {
    const first = (await (await submitted(ROWS(1_000))).json()) as Answer;
    const { numRows, partitionInfo } = first.resultSetMetaData;
    expect(numRows).toBe(1_000);
    expect(partitionInfo.length).toBeGreaterThan(4);
    expect(partitionInfo[0]).not.toHaveProperty('compressedSize');
    const ids = first.data.map(([id]) => Number(id));
    for (const [index, info] of [...partitionInfo.entries()].slice(1)) {
      const response = await call(shim.url, `/${first.statementHandle}?partition=${index}`);
      expect(response.headers.get('content-encoding')).toBe('gzip');
      const body = (await response.json()) as Answer;
      expect(Object.keys(body)).toEqual(['data']);
      expect(body.data).toHaveLength(info.rowCount);
      ids.push(...body.data.map(([id]) => Number(id)));
    }
    expect(ids).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    await until('all is read', async () => shim.unread() === 0);
  });

  test('the sizes are those of the bodies, and the Link header names the neighbors', async () => {
    const first = (await (await submitted(ROWS(1_000))).json()) as Answer;
    const { statementHandle: handle } = first;
    const raw = await new Promise<IncomingMessage>((resolve) =>
      get(
        `${shim.url}/api/v2/statements/${handle}?partition=1`,
        { headers: { authorization: 'Bearer pat-1' } },
        resolve,
      ),
    );
    const body = await buffer(raw);
    const { compressedSize, uncompressedSize } = first.resultSetMetaData.partitionInfo[1]!;
    expect([body.length, gunzipSync(body).length]).toEqual([compressedSize, uncompressedSize]);
    expect(raw.headers.link).toMatch(
      /partition=0>; rel="first".*partition=0>; rel="prev".*partition=2>; rel="next"/,
    );
  });
});
