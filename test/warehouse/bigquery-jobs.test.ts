import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failureOf } from '../support/failure-of.ts';
import { readAll } from './reading.ts';
import { openShim } from './bigquery-place.ts';
import { changed } from './bigquery-proxy.ts';
import { startBigqueryShim, type BigqueryShim } from './shims/bigquery/shim.ts';

const rows = (n: number) =>
  `select id, repeat('x', 100) as padding from unnest(generate_array(1, ${n})) as id`;
const { signal } = new AbortController();

describe('BigQuery as a warehouse', () => {
  let shim: BigqueryShim;
  const closers: (() => unknown)[] = [];
  beforeEach(async () => {
    shim = await startBigqueryShim();
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
    await shim.close();
  });

  const rejection = (
    query: string,
    ...opening: Parameters<typeof openShim> extends [unknown, ...infer R] ? R : never
  ) => failureOf(openShim(shim, ...opening).then((warehouse) => readAll(warehouse, query, ['id'])));
  /** The bodies of the jobs that were inserted. */
  const inserted = () =>
    shim.requests
      .filter(({ method, path }) => method === 'POST' && /\/jobs(\?|$)/.test(path))
      .map(
        ({ body }) => body as { jobReference: { jobId?: string }; configuration: Record<string, unknown> },
      );

  test('a query above maximumBytesBilled fails before a job is made, and says both sizes', async () => {
    const error = await rejection('select 1 as id', 'rest', { maximumBytesBilled: 1_000_000 });
    expect(error).toMatchObject({ type: 'SegmentQueryFailed', retryable: false });
    expect(error.message).toContain(
      "The segment's query was not run: it would process 1.049 MB; maximumBytesBilled of the source is 1 MB.",
    );
    expect(inserted().map(({ configuration }) => configuration.dryRun)).toEqual([true, true]);
  });

  test('the server also gets maximumBytesBilled, the statement timeout, the labels and the dataset', async () => {
    await readAll(await openShim(shim, 'rest', { maximumBytesBilled: 20_000_000 }), 'select 1 as id', ['id']);
    expect(inserted().at(-1)).toMatchObject({
      jobReference: {
        projectId: 'shop',
        jobId: expect.stringMatching(/^actito_sync_[0-9a-f]{32}$/) as string,
      },
      configuration: {
        labels: { actito_sync_activation: 'vip', actito_sync_run: '7' },
        jobTimeoutMs: '60000',
        query: {
          maximumBytesBilled: '20000000',
          useLegacySql: false,
          defaultDataset: { projectId: 'shop', datasetId: 'contract' },
        },
      },
    });
  });

  test('a job that does not tell the number of its rows gives no empty segment, and answers no guard', async () => {
    const place = await changed(shim, ({ json }) => void delete json.totalRows);
    const failure = { type: 'SourceUnavailable', retryable: true };
    await expect(readAll(await openShim(place, 'rest'), 'select 1 as id', ['id'])).rejects.toMatchObject(
      failure,
    );
    const warehouse = await openShim(place, 'rest');
    const question = { query: 'select 1 as id', setting: 'guards.freshness', signal };
    await expect(warehouse.look(question)).rejects.toMatchObject(failure);
    await warehouse.close();
  });

  test('jobs of a region are found, although the source names none', async () => {
    await shim.close();
    shim = await startBigqueryShim({ location: 'europe-west1' });
    const warehouse = await openShim(shim, 'storage');
    expect((await readAll(warehouse, 'select 1 as id', ['id'])).lines).toEqual([['1']]);
  });

  test('a job whose answer was lost is found again, and not started twice', async () => {
    let lost = 0;
    const proxy = createServer((incoming, outgoing) => {
      const { method, url, headers } = incoming;
      const pieces: Buffer[] = [];
      incoming.on('data', (piece: Buffer) => pieces.push(piece));
      incoming.on('end', () => {
        const body = Buffer.concat(pieces);
        const isJob = method === 'POST' && url!.includes('/jobs?') && !body.includes('"dryRun":true');
        const forwarded = httpRequest(new URL(url!, shim.url), { method, headers }, (answer) => {
          if (isJob && lost++ === 0) {
            answer.resume();
            outgoing.destroy();
          } else answer.pipe(outgoing.writeHead(answer.statusCode!, answer.headers));
        });
        forwarded.on('error', () => outgoing.destroy()); // the shim ends its idle connections
        forwarded.end(body);
      });
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    closers.push(() => proxy.close());
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const warehouse = await openShim({ ...shim, url }, 'rest');
    expect((await readAll(warehouse, 'select 1 as id', ['id'])).lines).toEqual([['1']]);
    const ids = inserted().flatMap(({ jobReference: { jobId } }) => jobId ?? []);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test.each([429, 500, 503] as const)('an answer with HTTP status %i is asked for again', async (status) => {
    const warehouse = await openShim(shim, 'rest');
    shim.setFault({ httpOnce: { status, retryAfter: 0 } });
    expect((await readAll(warehouse, 'select 1 as id', ['id'])).lines).toEqual([['1']]);
  });

  test('an access token is used for all calls, and replaced when it is refused', async () => {
    const tokens = () => shim.requests.filter(({ path }) => path.startsWith('/token')).length;
    const warehouse = await openShim(shim, 'rest');
    const ask = () => warehouse.look({ query: 'select 1', setting: 'guards.freshness', signal });
    await ask();
    await ask();
    expect(tokens()).toBe(1);
    shim.setFault({ expiredAccessToken: true });
    expect(await ask()).toMatchObject({ value: '1' });
    expect(tokens()).toBe(2);
    await warehouse.close();
  });

  test('a page token that has expired is replaced, and each row is read once', async () => {
    const warehouse = await openShim(shim, 'rest');
    shim.setFault({ expiredPageToken: true });
    const read = await readAll(warehouse, rows(35_000), ['id', 'padding']);
    expect(read.lines.map(([id]) => id)).toEqual(Array.from({ length: 35_000 }, (_, i) => String(i + 1)));
  });

  test.each([
    ['a page that is cut', 'rest', { cutAfterRows: 15_000 }],
    ['a stream that is cut', 'storage', { cutAfterRows: 15_000 }],
    ['a stream that becomes unavailable', 'storage', { streamErrorAfterRows: 20_000 }],
  ] as const)('%s makes the read fail for a temporary reason', async (_, kind, fault) => {
    const warehouse = await openShim(shim, kind);
    shim.setFault(fault);
    await expect(readAll(warehouse, rows(100_000), ['id'])).rejects.toMatchObject({
      type: 'SourceUnavailable',
      retryable: true,
    });
  });

  test('an error of syntax is found by the dry run, an error of a value by the job', async () => {
    expect((await rejection('selec 1', 'rest')).message).toContain(
      'failed: a syntax error, at line 1, column 7 of the query (BigQuery error invalidQuery)',
    );
    const error = await rejection("select cast('secret' as int64) as id", 'rest');
    expect(error.message).toContain(
      'failed: a value cannot be computed or converted (BigQuery error invalidQuery)',
    );
    expect(error.message).not.toContain('secret');
    expect(error.words!.open()).toContain('secret');
  });

  test.each([
    ["timestamp '2026-01-31 10:20:30.5+02'", { kind: 'timestamptz', value: '2026-01-31 08:20:30.5+00' }],
    [
      "timestamp '1969-12-31 23:59:59.999999+00'",
      { kind: 'timestamptz', value: '1969-12-31 23:59:59.999999+00' },
    ],
    ["datetime '2026-01-31 10:20:30.5'", { kind: 'timestamp', value: '2026-01-31 10:20:30.5' }],
    ['1 = 1', { kind: 'boolean', value: 't' }],
    ['cast(1e20 as float64)', { kind: 'float', value: '1e+20' }],
    ['[1]', { kind: 'unsupported', value: '[{"v":"1"}]' }],
  ])('a guard gets %s', async (expression, answer) => {
    const warehouse = await openShim(shim, 'rest');
    const query = `select ${expression}`;
    expect(await warehouse.look({ query, setting: 'guards.freshness', signal })).toEqual({
      found: true,
      ...answer,
    });
    await warehouse.close();
  });

  test('its clock is the one of the server', async () => {
    const warehouse = await openShim(shim, 'rest');
    const before = Date.now() - 1; // it is in whole milliseconds
    expect(await warehouse.clock(signal)).toBeGreaterThanOrEqual(before);
    expect(await warehouse.clock(signal)).toBeLessThanOrEqual(Date.now() + 1);
    await warehouse.close();
  });

  test.each([
    ['text that is no JSON', 'hunter2'],
    ['JSON that is no object', '"hunter2"'],
    ['a key without its private part', '{"type":"service_account","client_email":"hunter2"}'],
    ['a private key that is no PEM', '{"type":"service_account","client_email":"a","private_key":"hunter2"}'],
  ])('%s as credentials is refused, and not shown', async (_, text) => {
    const error = await rejection('select 1 as id', 'rest', {
      credentials: { variable: 'BIGQUERY_KEY', text },
    });
    expect(error).toMatchObject({ type: 'ConfigurationInvalid', cause: undefined });
    expect(error.message).toContain('BIGQUERY_KEY');
    expect(error.message).not.toContain('hunter2');
  });

  test('a key that the account does not have is a refused login', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const text = JSON.stringify({ ...shim.key, private_key: privateKey });
    const error = await rejection('select 1 as id', 'rest', {
      credentials: { variable: 'BIGQUERY_KEY', text },
    });
    expect(error).toMatchObject({ type: 'ConfigurationInvalid' });
    expect(error.message).toMatch(/rejected the login \(OAuth invalid_grant\)/);
  });

  test('who asks only for the columns starts no query', async () => {
    const warehouse = await openShim(shim, 'storage');
    const read = await warehouse.read({ segment: { query: 'select 1 as id' }, columns: ['id'], signal });
    expect(read.columns).toEqual([{ name: 'id', kind: 'integer', databaseType: 'INT64' }]);
    await warehouse.close();
    expect(inserted().map(({ configuration }) => configuration.dryRun)).toEqual([true]);
  });
});
