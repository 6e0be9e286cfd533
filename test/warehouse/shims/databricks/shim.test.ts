import { describe, expect, test } from 'vitest';
import { published } from '../../published/fixture.ts';
import { until } from '../../../setup/until.ts';
import { shimOfTest, type Answer } from './calls.ts';

const ROWS = (n: number) => `select id + 1 as id, repeat('x', 100) as padding from range(${n})`;
const SLOW = 'select count(*) as id from range(1000000) a, range(1000000) b';

const own = shimOfTest();
const { call, ended } = own;

// Source: docs.databricks.com/dev-tools/auth/oauth-m2m.html.
describe('logins', () => {
  async function token(form: Record<string, string>, secret = 'secret-1') {
    const authorization = `Basic ${Buffer.from(`client-1:${secret}`).toString('base64')}`;
    return fetch(`${own.shim.url}/oidc/v1/token`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    });
  }
  const FORM = { grant_type: 'client_credentials', scope: 'all-apis' };

  test('client credentials give a token that is accepted', async () => {
    const body = (await (await token(FORM)).json()) as { access_token: string };
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'all-apis' });
    expect((await call('/x', undefined, body.access_token)).status).toBe(404);
    const refused = await call('/x', undefined, 'other');
    const { status, body: recorded } = published('databricks/invalid-token');
    expect([refused.status, await refused.json()]).toEqual([status, recorded]);
  });

  test('another secret, grant or scope is refused', async () => {
    expect((await token(FORM, 'wrong')).status).toBe(401);
    expect((await token({ ...FORM, grant_type: 'password' })).status).toBe(400);
    expect((await token({ ...FORM, scope: 'sql' })).status).toBe(400);
  });
});

// Source: docs.databricks.com/api/statement-execution/v1/execute-statement.md.
describe('statements', () => {
  test('wait_timeout=0s answers PENDING with the ID alone', async () => {
    const answer = (await (
      await call('', { statement: 'select 1', warehouse_id: 'w1', wait_timeout: '0s' })
    ).json()) as Answer;
    expect(answer).toEqual({ statement_id: expect.any(String), status: { state: 'PENDING' } });
  });

  test('CONTINUE answers RUNNING after the wait, and cancel ends the statement', async () => {
    const answer = (await (await call('', { statement: SLOW, warehouse_id: 'w1' })).json()) as Answer;
    expect(answer.status.state).toBe('RUNNING');
    await until('it runs', async () => own.shim.running() === 1);
    expect(await (await call(`/${answer.statement_id}/cancel`, {})).json()).toEqual({});
    expect(await (await call(`/${answer.statement_id}`)).json()).toMatchObject({
      status: { state: 'CANCELED' },
    });
    expect([own.shim.running(), own.shim.unread()]).toEqual([0, 0]);
  });

  test('CANCEL ends the statement after the wait', async () => {
    const body = { statement: SLOW, warehouse_id: 'w1', on_wait_timeout: 'CANCEL' };
    expect(await (await call('', body)).json()).toMatchObject({ status: { state: 'CANCELED' } });
  });

  test.each([
    [
      'select 1 as id\nfrom nowhere',
      '42P01',
      '[TABLE_OR_VIEW_NOT_FOUND] The table or view `nowhere` cannot be found. SQLSTATE: 42P01; line 2 pos 5',
    ],
    [
      'select afaf from range(1)',
      '42703',
      '[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION] A column, variable, or function parameter with name `afaf` cannot be resolved. SQLSTATE: 42703; line 1 pos 7',
    ],
    [
      'selct 1',
      '42601',
      "\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'selct'. SQLSTATE: 42601 (line 1, pos 0)",
    ],
    [
      "select cast('abc' as int) as v",
      '22018',
      `[CAST_INVALID_INPUT] The value 'abc' of the type "STRING" cannot be cast to "INT" because it is malformed. SQLSTATE: 22018`,
    ],
    [
      'select 1 as a; select 2 as b',
      '42601',
      "\n[PARSE_SYNTAX_ERROR] Syntax error at or near ';'. SQLSTATE: 42601",
    ],
  ])('%s is an answer 200 with FAILED and %s', async (statement, sqlState, message) => {
    expect((await ended(statement)).status).toEqual({
      state: 'FAILED',
      error: { error_code: 'BAD_REQUEST', message },
      sql_state: sqlState,
    });
  });

  test('other waits, formats and warehouses are refused', async () => {
    const body = { statement: 'select 1', warehouse_id: 'w1' };
    expect((await call('', { ...body, wait_timeout: '3s' })).status).toBe(400);
    expect((await call('', { ...body, format: 'ARROW_STREAM' })).status).toBe(400);
    expect((await call('', { ...body, warehouse_id: 'w2' })).status).toBe(404);
    expect((await call('/none')).status).toBe(404);
  });

  test('values are texts, and columns have names and texts of their types', async () => {
    const { manifest, result } = await ended(
      "select cast(1 as int) as i, 9223372036854775807 as l, cast('1.5' as decimal(38,18)) as d, cast(1e20 as double) as f, " +
        "true as b, date'2024-01-02' as t, timestamp'2024-01-02 03:04:05.123456' as z, null as n, 'it\\'s `x`' as `a b`",
    );
    // In JSON_ARRAY a time has milliseconds: assumed, see README.md.
    expect(result.data_array).toEqual([
      [
        '1',
        '9223372036854775807',
        '1.500000000000000000',
        '1.0E20',
        'true',
        '2024-01-02',
        '2024-01-02T03:04:05.123Z',
        null,
        "it's `x`",
      ],
    ]);
    expect(manifest.schema.columns).toMatchObject([
      { name: 'i', type_name: 'INT', type_text: 'INT', position: 0 },
      { type_name: 'LONG', type_text: 'BIGINT' },
      { type_name: 'DECIMAL', type_text: 'DECIMAL(38,18)', type_precision: 38, type_scale: 18 },
      { type_name: 'DOUBLE' },
      { type_name: 'BOOLEAN' },
      { type_name: 'DATE' },
      { type_name: 'TIMESTAMP' },
      {},
      { name: 'a b', type_name: 'STRING' },
    ]);
  });

  test('parameters have the type STRING, or the given one; without a value they are NULL', async () => {
    const parameters = [{ name: 'a', value: "o'x" }, { name: 'b', value: '7', type: 'INT' }, { name: 'c' }];
    const { result } = await ended('select :a as a, :b + 1 as b, :c as c', { parameters });
    expect(result.data_array).toEqual([["o'x", '8', null]]);
  });

  test('row_limit and byte_limit truncate', async () => {
    const { manifest } = await ended(ROWS(10), { row_limit: 4 });
    expect(manifest).toMatchObject({ total_row_count: 4, truncated: true });
    expect((await ended(ROWS(10), { row_limit: 10 })).manifest.truncated).toBe(false);
    expect((await ended(ROWS(10), { byte_limit: 300 })).manifest).toMatchObject({
      total_row_count: 2,
      truncated: true,
    });
  });

  test('explode(sequence()), a WITH, comments and a last semicolon work', async () => {
    const { result } = await ended(
      'with a as (select explode(sequence(1, 3)) as id) select id /* ; */ from a; -- end',
    );
    expect(result.data_array).toEqual([['1'], ['2'], ['3']]);
  });
});
