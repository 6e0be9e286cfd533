import * as grpc from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ArrowUnreadable } from '../../warehouse/bigquery/arrow.ts';
import { Storage } from '../../warehouse/bigquery/storage.ts';
import { openShim } from './bigquery-place.ts';
import { changed } from './bigquery-proxy.ts';
import { readAll } from './reading.ts';
import { Calls } from './shims/bigquery/calls.ts';
import { startBigqueryShim, type BigqueryShim } from './shims/bigquery/shim.ts';

/* What the driver sends, and what it makes of answers that the shim does not give. */

const ONE = 'select 1 as id';
const { signal } = new AbortController();
const UNAVAILABLE = { type: 'SourceUnavailable', retryable: true };

describe('BigQuery', () => {
  let shim: BigqueryShim;
  beforeEach(async () => {
    shim = await startBigqueryShim();
  });
  afterEach(() => shim.close());

  const inserted = () =>
    shim.requests
      .filter(({ method, path }) => method === 'POST' && path.endsWith('/jobs'))
      .map(
        ({ body }) =>
          body as { jobReference: object; configuration: { labels: object; query: { query: string } } },
      );
  const look = async (place: BigqueryShim, ...opening: [object?, object?]) => {
    const warehouse = await openShim(place, 'rest', ...opening);
    return warehouse
      .look({ query: ONE, setting: 'guards.freshness', signal })
      .finally(() => warehouse.close());
  };
  const read = async (place: BigqueryShim, query = ONE, ...opening: [object?, object?]) =>
    readAll(await openShim(place, 'rest', ...opening), query, ['id']);

  test.each([
    ['of the source', 'europe-west1', 'europe-west1'],
    ['that the dry run found', undefined, 'EU'],
  ])('gets the location %s with every call', async (_, location, expected) => {
    if (location !== undefined) {
      await shim.close();
      shim = await startBigqueryShim({ location });
    }
    await read(shim, ONE, { location });
    const [dryRun, job] = inserted();
    expect(dryRun!.jobReference).toEqual({ projectId: 'shop', location });
    expect(job!.jobReference).toMatchObject({ location: expected });
    const polled = shim.requests.filter(({ path }) => path.includes('/queries/'));
    expect(polled.map(({ query }) => query.location)).toEqual([expected, expected]);
  });

  test('gets labels that it allows, whatever the names are', async () => {
    await read(shim, ONE, { reader: { activation: 'Vip Zoë', run: '9'.repeat(80) } });
    expect(inserted()[1]!.configuration.labels).toEqual({
      actito_sync_activation: 'vip-zo-',
      actito_sync_run: '9'.repeat(63),
    });
  });

  test('gets a dataset of another project', async () => {
    await read(shim, ONE, { dataset: 'other.contract' });
    for (const { configuration } of inserted()) {
      expect(configuration.query).toMatchObject({
        defaultDataset: { projectId: 'other', datasetId: 'contract' },
      });
    }
  });

  test('is asked for gzip in both headers that it needs for that', async () => {
    const seen: unknown[] = [];
    await read(
      await changed(shim, ({ headers }) => seen.push([headers['accept-encoding'], headers['user-agent']])),
    );
    expect(new Set(seen.map(String))).toEqual(new Set(['gzip,actito-sync (gzip)']));
  });

  test.each([
    ['SCRIPT', 'it has more than one statement'],
    ['CREATE_TABLE', 'it is not a SELECT'],
  ])('runs no statement whose dry run says %s', async (statementType, words) => {
    const place = await changed(shim, ({ json }) => {
      const { query } = json.statistics as { query?: { statementType: string } };
      if (query) query.statementType = statementType;
    });
    await expect(read(place)).rejects.toMatchObject({
      type: 'SegmentQueryFailed',
      message: expect.stringContaining(words) as string,
    });
    expect(inserted()).toHaveLength(1);
  });

  test.each([true, false])('says whether policies hide rows: %s', async (rowLevelSecurityApplied) => {
    const place = await changed(shim, ({ query, json }) => {
      if (query !== '')
        Object.assign(json.statistics!, { rowLevelSecurityStatistics: { rowLevelSecurityApplied } });
    });
    expect((await read(place)).restrictedRows).toBe(rowLevelSecurityApplied);
  });

  test('names a reason that is no word of its API: only the HTTP status is told', async () => {
    const place = await changed(shim, (passed) => {
      const error = { errors: [{ reason: "the value 'secret'" }], message: 'secret' };
      Object.assign(passed, { status: 400, json: { error } });
    });
    const message = await read(place).catch((error: Error) => error.message);
    expect(message).toContain('400');
    expect(message).not.toContain('secret');
  });

  test('is asked for one row of a guard', async () => {
    await look(shim);
    expect(inserted().map(({ configuration }) => configuration.query.query)).toEqual(
      Array.from({ length: 2 }, () => expect.stringMatching(/ limit 1$/) as string),
    );
  });

  test('is not asked a guard that would process more than maximumBytesBilled', async () => {
    await expect(look(shim, { maximumBytesBilled: 1_000 })).rejects.toMatchObject({
      type: 'SegmentQueryFailed',
      message: expect.stringMatching(/^The query in guards.freshness was not run: .* 1.049 MB/) as string,
    });
    expect(inserted()).toHaveLength(1);
  });

  test('runs a query whose requested columns are cheap enough, though not all are', async () => {
    const place = await changed(shim, ({ query, json }) => {
      const totalBytesProcessed = query.startsWith('select * ') ? '90000000' : '20000000';
      if (query !== '') Object.assign(json.statistics!, { totalBytesProcessed });
    });
    expect((await read(place, ONE, { maximumBytesBilled: 20_000_000 })).rows).toBe(1);
  });

  test(
    'does not end a job in time: the query timed out, and the job is canceled',
    { timeout: 20_000 },
    async () => {
      const place = await changed(shim, (passed) => {
        if (passed.path.includes('/queries/'))
          Object.assign(passed, { status: 200, json: { jobComplete: false } });
      });
      await expect(read(place, ONE, { statementTimeout: 20 }, { beyond: 20 })).rejects.toMatchObject({
        type: 'SegmentQueryFailed',
        message: expect.stringContaining('canceled after 20ms') as string,
      });
      expect(shim.requests.some(({ path }) => path.endsWith('/cancel'))).toBe(true);
    },
  );

  test('is asked four times while it is unavailable, then the read is attempted again', async () => {
    let calls = 0;
    const place = await changed(shim, (passed) => {
      calls += 1;
      Object.assign(passed, {
        status: 503,
        json: { error: { errors: [{ reason: 'backendError' }], message: 'secret' } },
      });
    });
    await expect(read(place)).rejects.toMatchObject(UNAVAILABLE);
    expect(calls).toBe(4);
  });

  test(
    'is asked again after the pause that it asks for, and not after ours',
    { timeout: 20_000 },
    async () => {
      const warehouse = await openShim(shim, 'rest', {}, { pause: 3_600_000 });
      shim.setFault({ httpOnce: { status: 429, retryAfter: 0 } });
      expect((await readAll(warehouse, ONE, ['id'])).lines).toEqual([['1']]);
    },
  );

  test(
    'that asks for a long pause is asked by a later attempt, after that pause',
    { timeout: 20_000 },
    async () => {
      shim.setFault({ httpOnce: { status: 503, retryAfter: 31 } });
      await expect(read(shim)).rejects.toMatchObject({ ...UNAVAILABLE, retryAfter: 31_000 });
      expect(inserted()).toHaveLength(1);
    },
  );

  test('sends pages without rows for ever: the segment is incomplete', { timeout: 20_000 }, async () => {
    const place = await changed(shim, ({ json }) => {
      if (json.rows) Object.assign(json, { rows: [], pageToken: 'again' });
    });
    await expect(read(place)).rejects.toMatchObject(UNAVAILABLE);
  });

  test.each([
    ['rest', { totalRowsDelta: 1 }],
    ['rest', { totalRowsDelta: -1 }],
    ['storage', { totalRowsDelta: 1 }],
    ['storage', { rowCountDelta: 1 }],
    ['storage', { totalRowsDelta: 1, rowCountDelta: 1 }],
  ] as const)('counts other rows than arrive by %s (%j): the read fails', async (rows, fault) => {
    const warehouse = await openShim(shim, rows);
    shim.setFault(fault);
    await expect(readAll(warehouse, 'select 1 as id union all select 2', ['id'])).rejects.toMatchObject(
      UNAVAILABLE,
    );
  });

  test.each([{ rows: undefined }, { rows: [] }])(
    'answers a guard without the row that it counts (%j): the guard fails',
    async (missing) => {
      const place = await changed(shim, ({ json }) => {
        if (json.rows) Object.assign(json, missing);
      });
      await expect(look(place)).rejects.toMatchObject(UNAVAILABLE);
    },
  );

  test.each(['rest', 'storage'] as const)(
    'is read to its last row by %s, then canceled: the read fails',
    async (rows) => {
      const controller = new AbortController();
      const warehouse = await openShim(shim, rows);
      const request = { segment: { query: ONE }, columns: ['id'], signal: controller.signal };
      const batches = (await warehouse.read(request)).batches[Symbol.asyncIterator]();
      expect(String((await batches.next()).value)).toBe('1\n');
      controller.abort(new Error('enough of it'));
      await expect(batches.next()).rejects.toThrow('enough of it');
    },
  );

  test('has a table with other columns than ours: it is not read', async () => {
    const { json } = await new Calls(shim).insert("select 'x' as id");
    await new Calls(shim).call(`queries/${json.jobReference.jobId}`);
    const [apiEndpoint, port] = shim.storageAddress.split(':') as [string, string];
    const storage = await Storage.open({
      project: 'shop',
      tokens: () => Promise.resolve({ token: shim.accessToken(), expires: Infinity }),
      place: { apiEndpoint, port: Number(port), sslCreds: grpc.credentials.createInsecure() },
      silence: 60_000,
      signal,
    });
    const rows = storage!.read(json.configuration.query.destinationTable, [{ name: 'id', type: 'STRING' }]);
    await expect(rows.next()).rejects.toThrow(ArrowUnreadable);
    await storage!.close();
  });
});
