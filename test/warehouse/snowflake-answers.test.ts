import { describe, expect, test } from 'vitest';
import { openSnowflake, type SnowflakeSource } from '../../warehouse/snowflake/open.ts';
import { failureOf } from '../support/failure-of.ts';
import { startAnswering, type Asked, type Told } from './answering.ts';
import { READER, readAll } from './reading.ts';

const PARTITIONS = [['1', '2'], ['3'], ['4']];
const META = {
  numRows: 4,
  rowType: [{ name: 'ID', type: 'fixed', precision: 38, scale: 0 }],
  partitionInfo: PARTITIONS.map(({ length }) => ({ rowCount: length })),
};
const rowsOf = (partition: number) => PARTITIONS[partition]!.map((id) => [id]);
const source = {
  account: 'MY_ORG-SHOP',
  login: { token: 'hunter2' },
  role: 'READER',
  warehouse: 'REPORTING',
  database: 'SHOP',
  schema: 'MARKETING',
  statementTimeout: 1_500,
  reader: READER,
};

/** A service whose answers a test changes; undefined: the usual one. */
function service(changed: (asked: Asked) => Told | undefined = () => undefined) {
  return startAnswering((asked) => {
    const own = changed(asked);
    if (own) return own;
    if (asked.method === 'POST') return { status: 202, body: { statementHandle: 's' } };
    const partition = /partition=(\d)/.exec(asked.path);
    if (partition) return { body: { data: rowsOf(Number(partition[1])) } };
    return { body: { resultSetMetaData: META, data: rowsOf(0) } };
  });
}

const TIMEOUTS = { connect: 5_000, short: 2_000, beyond: 5_000 };
async function read(
  { origin }: { origin: string },
  changes: Partial<SnowflakeSource> = {},
): Promise<string[]> {
  const warehouse = openSnowflake({ ...source, ...changes }, { origin, timeouts: TIMEOUTS });
  return (await readAll(warehouse, 'select id from people', ['id'])).lines.map(([id]) => id!);
}
const failure = (server: { origin: string }) => failureOf(read(server));

describe('what is sent', () => {
  test('a statement names its role, warehouse, database and schema, its timeout, its reader and all formats', async () => {
    const { origin, asked } = await service();
    expect(await read({ origin })).toEqual(['1', '2', '3', '4']);
    expect(asked[0]).toMatchObject({
      method: 'POST',
      headers: {
        authorization: 'Bearer hunter2',
        'x-snowflake-authorization-token-type': 'PROGRAMMATIC_ACCESS_TOKEN',
        accept: 'application/json',
        'accept-encoding': 'gzip',
        'user-agent': 'actito-sync/1',
      },
      body: {
        role: 'READER',
        warehouse: 'REPORTING',
        database: 'SHOP',
        schema: 'MARKETING',
        timeout: 2,
        parameters: {
          QUERY_TAG: 'actito-sync vip run 7',
          MULTI_STATEMENT_COUNT: '1',
          TIMEZONE: 'UTC',
          DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
          TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF6',
          TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF6',
          TIMESTAMP_LTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF6TZH:TZM',
          TIMESTAMP_TZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF6TZH:TZM',
        },
      },
    });
    // the segment is described without its rows
    expect(asked[0]!.body!.statement).toMatch(/ limit 0$/);
    expect(asked[0]!.path).toMatch(/\?async=true&requestId=[0-9a-f-]{36}$/);
  });

  test('a timeout beyond that of Snowflake is its longest one', async () => {
    const { origin, asked } = await service();
    await read({ origin }, { statementTimeout: 30 * 86_400_000 });
    expect(asked[0]!.body).toMatchObject({ timeout: 604_800 });
  });

  test('a statement whose status is asked for too often still runs, and is asked for again', async () => {
    let refusals = 2;
    const { origin } = await service(({ method, path }) =>
      method === 'GET' && path.endsWith('/s') && refusals-- > 0
        ? { status: 429, headers: { 'retry-after': '3600' }, body: {} }
        : undefined,
    );
    expect(await read({ origin })).toEqual(['1', '2', '3', '4']);
  });

  test('a statement that is sent again is the same one for Snowflake', async () => {
    let refusals = 2;
    const server = await service(({ method }) =>
      method === 'POST' && refusals-- > 0 ? { status: 503, body: {} } : undefined,
    );
    await read(server);
    const [first, ...again] = server.asked.filter(({ method }) => method === 'POST').map(({ path }) => path);
    expect(again.slice(0, 2)).toEqual([`${first}&retry=true`, `${first}&retry=true`]);
    expect(again.slice(2).every((path) => !path.includes('retry'))).toBe(true);
  });
});

describe('what makes a read fail', () => {
  test.each([0, 1])('a partition with other rows than Snowflake counts: %i', async (index) => {
    const partitionInfo = META.partitionInfo.map(({ rowCount }, at) => ({
      rowCount: at === index ? rowCount + 1 : rowCount,
    }));
    const error = await failure(
      await service(({ method, path }) =>
        method === 'GET' && !path.includes('partition')
          ? { body: { resultSetMetaData: { ...META, partitionInfo }, data: rowsOf(0) } }
          : undefined,
      ),
    );
    expect(error).toMatchObject({ type: 'SourceUnavailable' });
  });

  test('a statement that stays in progress beyond its timeout', async () => {
    const server = await service(({ method, path }) =>
      method === 'GET' && path.endsWith('/s') ? { status: 202, body: {} } : undefined,
    );
    const warehouse = openSnowflake(
      { ...source, statementTimeout: 200 },
      { ...server, timeouts: { ...TIMEOUTS, beyond: 100 } },
    );
    await expect(readAll(warehouse, 'select id from people', ['id'])).rejects.toMatchObject({
      type: 'SegmentQueryFailed',
      message: expect.stringMatching(/200ms.*statementTimeout/) as string,
    });
    expect(server.asked.at(-1)).toMatchObject({ method: 'POST', path: '/api/v2/statements/s/cancel' });
  });

  test.each([
    ['a statement that Snowflake ended', 408, {}, 'SegmentQueryFailed', 'statementTimeout'],
    ['its code', 422, { code: '000630' }, 'SegmentQueryFailed', 'statementTimeout'],
    ['no warehouse', 422, { code: '000606' }, 'ConfigurationInvalid', 'Check warehouse, role'],
    ['a token that expired', 401, { code: '390318' }, 'ConfigurationInvalid', 'Snowflake error 390318'],
    ['a network policy', 403, { code: '390422' }, 'ConfigurationInvalid', 'network policy'],
    [
      'a payload that is not valid',
      400,
      { code: '390142' },
      'ConfigurationInvalid',
      'Snowflake error 390142',
    ],
    ['an internal error', 422, { code: '000603' }, 'SourceUnavailable', 'Snowflake error 000603'],
    ['a server error', 500, { code: 'hunter2' }, 'SourceUnavailable', 'HTTP status 500'],
    ['an expired result', 404, {}, 'SourceUnavailable', 'HTTP status 404'],
    ['a division', 422, { code: '100051' }, 'SegmentQueryFailed', 'division by zero'],
    [
      'an unknown code with a known state',
      422,
      { code: '999999', sqlState: '22012' },
      'SegmentQueryFailed',
      'division by zero',
    ],
    ['a suspended warehouse', 422, { code: '090073' }, 'SegmentQueryFailed', 'limit'],
  ])('%s', async (_, status, said, type, says) => {
    const body = { ...said, message: 'hunter2' };
    const server = await service(({ method }) => (method === 'GET' ? { status, body } : undefined));
    const error = await failure(server);
    expect(error).toMatchObject({ type });
    // a statement that has ended is not canceled
    const isOver = [408, 422].includes(status);
    expect(server.asked.some(({ path }) => path.endsWith('/cancel'))).toBe(!isOver);
    expect(error.message).toContain(says);
    expect(error.message).not.toContain('hunter2');
  });

  test.each([
    [{}, 'my-org-shop.snowflakecomputing.com'],
    [{ host: 'shop.privatelink.snowflakecomputing.com' }, 'shop.privatelink.snowflakecomputing.com'],
  ])('it names the host of the account, or the one of the source: %o', async (changes, host) => {
    const { origin } = await service(() => ({ status: 500, body: {} }));
    await expect(read({ origin }, changes)).rejects.toThrow(`The warehouse (${host}) `);
  });

  test('a result that Snowflake does not count, which is no empty segment', async () => {
    const body = { resultSetMetaData: { ...META, numRows: undefined, partitionInfo: [] }, data: [] };
    const error = await failure(await service(({ method }) => (method === 'GET' ? { body } : undefined)));
    expect(error).toMatchObject({ type: 'SourceUnavailable' });
    expect(error.message).toContain('Expected: JSON with resultSetMetaData and data');
  });

  test('an answer that has no metadata', async () => {
    const error = await failure(await service(({ method }) => (method === 'GET' ? { body: {} } : undefined)));
    expect(error.message).toContain('Expected: JSON with resultSetMetaData and data');
  });
});
