import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Failure } from '../../contract/failure.ts';
import { failuresOf, QueryError, type TrinoErrorInfo } from '../../warehouse/trino/failures.ts';
import { openTrino } from '../../warehouse/trino/open.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { failureOf } from '../support/failure-of.ts';
import { READER, readAll } from './reading.ts';
import { startTrino, type TrinoShim } from './shims/trino/server.ts';

let shim: TrinoShim;
beforeAll(async () => {
  shim = await startTrino();
});
afterAll(() => shim.stop());

const url = () => `http://shop:hunter2@127.0.0.1:${shim.port}/memory/main`;
const rows = (n: number) => `select i as id, repeat('x', 100) as padding from range(1, ${n} + 1) t(i)`;
const SOON = { connect: 500, short: 700, beyond: 500, heartbeat: 60_000 };

function open(at = url(), timeouts?: typeof SOON) {
  return openTrino({ url: at, variable: 'SHOP_URL', statementTimeout: 60_000, reader: READER }, timeouts);
}

const rejection = (query: string, at?: string, timeouts?: typeof SOON) =>
  failureOf(Promise.resolve().then(() => readAll(open(at, timeouts), query, ['id'])));

test.each([
  ['select 1 as id where (', /a syntax error, at the end of the query \(Trino error SYNTAX_ERROR\)/],
  ["select '🎈é' as id,\n  nothing from (select 1) t", /a column does not exist, at line 2, column 3 of/],
  ["select '🎈é' as id, nothing from (select 1) t", /at line 1, column 20 of the query/],
])('the error of %j has its position', async (query, message) => {
  expect((await rejection(query)).message).toMatch(message);
});

test('an error about a value does not show it', async () => {
  const error = await rejection("select cast('secret' || random()::varchar as bigint) as id");
  expect(error).toMatchObject({ type: 'SegmentQueryFailed', cause: undefined });
  expect(error.message).toMatch(/text cannot be converted to the type \(Trino error INVALID_CAST_ARGUMENT\)/);
  expect(error.message).not.toContain('secret');
});

test.each([(at: string) => at.replace('shop:', 'Łucja:'), (at: string) => at.replace('memory', 'a%0Ab')])(
  'a URL with characters that Trino could not receive is rejected, and never retried',
  async (change) => {
    const error = await rejection('select 1 as id', change(url()));
    expect(error).toMatchObject({ type: 'ConfigurationInvalid' });
    expect(error.message).not.toMatch(/hunter2|ucja/);
  },
);

test.each([429, 502, 503, 504])('a gateway that answers %i for a moment is asked again', async (status) => {
  shim.manner.gateway = [status, status];
  expect((await readAll(open(), 'select 1 as id', ['id'])).lines).toEqual([['1']]);
  expect(shim.manner.gateway).toEqual([]);
});

test('a session property that Trino does not know is reported with where to look', () => {
  const error = new QueryError({ errorName: 'INVALID_SESSION_PROPERTY', errorType: 'USER_ERROR' });
  expect(failuresOf({ variable: 'SHOP_URL', statementTimeout: 1_000 })(error)).toMatchObject({
    message: expect.stringMatching(/does not know a setting .* Check the parameters after the \?/) as string,
  });
});

test('a gateway that stays busy ends the read', async () => {
  shim.manner.gateway = Array.from({ length: 100 }, () => 503);
  const error = await rejection('select 1 as id', undefined, SOON);
  shim.manner.gateway = [];
  expect(error).toMatchObject({ type: 'SourceUnavailable', retryable: true });
  expect(error.message).toContain('HTTP status 503');
});

test.each([1, 3_600])(
  'a gateway says when to try again, but is not waited for longer than usual: %i s',
  async (seconds) => {
    shim.manner.gateway = Array.from({ length: 100 }, () => 503);
    shim.manner.retryAfter = seconds;
    const before = shim.requests();
    const error = await rejection('select 1 as id', undefined, { ...SOON, connect: 5_000, short: 3_000 });
    shim.manner.gateway = [];
    shim.manner.retryAfter = undefined;
    expect(error.message).toContain('HTTP status 503');
    expect(shim.requests() - before).toBeLessThanOrEqual(6); // 30 without its advice
  },
);

describe('what an error of Trino means', () => {
  const source = { variable: 'SHOP_URL', statementTimeout: 60_000 };
  const meaning = (info: TrinoErrorInfo, elapsed = 1_000) =>
    failuresOf(source)(new QueryError(info), { elapsed }) as Failure;

  test.each([
    { errorName: 'GENERIC_INTERNAL_ERROR', errorType: 'INTERNAL_ERROR' },
    { errorName: 'HIVE_METASTORE_ERROR', errorType: 'EXTERNAL' },
    { errorName: 'CLUSTER_OUT_OF_MEMORY', errorType: 'INSUFFICIENT_RESOURCES' },
    { errorName: 'QUERY_QUEUE_FULL', errorType: 'INSUFFICIENT_RESOURCES' },
    { errorName: 'ABANDONED_QUERY', errorType: 'INSUFFICIENT_RESOURCES' },
  ])('$errorName is temporary', (info) => {
    expect(meaning(info)).toMatchObject({ type: 'SourceUnavailable', retryable: true });
  });

  test.each([
    [{ errorName: 'DIVISION_BY_ZERO', errorType: 'USER_ERROR' }, /division by zero/],
    [{ errorName: 'EXCEEDED_SCAN_LIMIT', errorType: 'INSUFFICIENT_RESOURCES' }, /EXCEEDED_SCAN_LIMIT/],
    [{ errorName: 'NOT_SUPPORTED', errorType: 'INTERNAL_ERROR' }, /NOT_SUPPORTED/],
    [{ errorName: 'secret anna@shop.be', errorType: 'USER_ERROR' }, /^[^@]*Trino error without a name[^@]*$/],
  ])('%j is an error of the query', (info, message) => {
    const failure = meaning(info);
    expect(failure).toMatchObject({ type: 'SegmentQueryFailed', retryable: false });
    expect(failure.message).toMatch(message);
  });

  test('only a time limit that is ours names statementTimeout', () => {
    const info = { errorName: 'EXCEEDED_TIME_LIMIT', errorType: 'INSUFFICIENT_RESOURCES' };
    expect(meaning(info, 60_000).message).toContain('statementTimeout');
    const sooner = meaning(info, 59_999);
    expect(sooner).toMatchObject({ type: 'SegmentQueryFailed' });
    expect(sooner.message).not.toContain('statementTimeout');
  });

  test('a user who may not set the time limit is told so; other rights are those of the query', () => {
    const info = { errorName: 'PERMISSION_DENIED', errorType: 'USER_ERROR' };
    const message = 'Access Denied: Cannot set session property query_max_run_time';
    expect(meaning({ ...info, message })).toMatchObject({ type: 'ConfigurationInvalid' });
    const table = 'Access Denied: Cannot select from table memory.main.people';
    expect(meaning({ ...info, message: table })).toMatchObject({ type: 'SegmentQueryFailed' });
  });
});

test('a last answer that is not FINISHED is not the end of a segment', async () => {
  const warehouse = open();
  const { signal } = new AbortController();
  const read = await warehouse.read({ segment: { query: rows(10) }, columns: ['id'], signal });
  shim.manner.lastState = 'FAILED';
  const consume = async () => {
    for await (const batch of read.batches) expect(batch.length).toBeGreaterThan(0);
  };
  await expect(consume()).rejects.toMatchObject({ type: 'SourceUnavailable', retryable: true });
  await warehouse.close();
});

test('an answer that ends early is not read as one', async () => {
  const warehouse = open();
  const { signal } = new AbortController();
  const read = await warehouse.read({ segment: { query: rows(1_000) }, columns: ['id'], signal });
  shim.manner.withheld = 40;
  const consume = async () => {
    for await (const batch of read.batches) void batch;
  };
  await expect(consume()).rejects.toMatchObject({ type: 'SourceUnavailable', retryable: true });
  expect(() => read.rows()).toThrow('before the last batch');
  await warehouse.close();
});

test.each([
  [
    'a wrong password',
    { password: 'wrong' },
    'ConfigurationInvalid',
    /rejected the login \(HTTP status 401\)/,
  ],
  ['a port where nothing listens', { port: '1' }, 'SourceUnavailable', /cannot be reached: ECONNREFUSED/],
])('%s is reported without the URL or the password', async (_, change, type, message) => {
  const error = await rejection('select 1 as id', Object.assign(new URL(url()), change).href);
  expect(error).toMatchObject({ type, cause: undefined });
  expect(error.message).toMatch(message);
  expect(error.message).toContain('SHOP_URL');
  expect(error.message).not.toMatch(/hunter2|wrong|127\.0\.0\.1/);
});

test.each(['hunter2', 'jdbc:trino://shop:hunter2@host/hive', 'https://host/hive'])(
  '%j as connection URL is rejected',
  async (at) => {
    const error = await rejection('select 1 as id', at);
    expect(error).toMatchObject({ type: 'ConfigurationInvalid', cause: undefined });
    expect(error.message).not.toMatch(/hunter2/);
  },
);

test('a coordinator that is silent is given up, before and between the pages', async () => {
  const proxy = await startSilentProxy({ host: '127.0.0.1', port: shim.port });
  onTestFinished(() => proxy.stop());
  const timeouts = { ...SOON, short: 3_000 }; // the first answers must arrive on a slow machine, too
  const silent = { type: 'SourceUnavailable', retryable: true };
  const warehouse = open(proxy.through(url()), timeouts);
  const { signal } = new AbortController();
  const read = await warehouse.read({
    segment: { query: rows(500_000) },
    columns: ['id', 'padding'],
    signal,
  });
  const consume = async () => {
    for await (const batch of read.batches) {
      expect(batch.length).toBeGreaterThan(0);
      proxy.hush();
    }
  };
  await expect(consume()).rejects.toMatchObject(silent);
  await warehouse.close();
  expect(await rejection('select 1 as id', proxy.through(url()), timeouts)).toMatchObject(silent);
});
