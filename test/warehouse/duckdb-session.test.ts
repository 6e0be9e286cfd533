import { once } from 'node:events';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { Engine } from '../../warehouse/duckdb/engine.ts';
import { until } from '../setup/until.ts';
import { failureOf } from '../support/failure-of.ts';
import { engines, open, project, start, stop } from './duckdb-project.ts';
import { readAll } from './reading.ts';

/* The session of DuckDB: its settings, its temporary files, and the database of MotherDuck. */

beforeAll(start);
afterAll(stop);

function stubEnv(name: string, value: string): void {
  vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

test('a moment without a zone is in UTC, whatever the zone of the worker is', async () => {
  stubEnv('TZ', 'Asia/Tokyo');
  const query = "select '2026-01-31 10:20:30'::timestamptz as moment";
  expect((await readAll(await open(), query, ['moment'])).lines).toEqual([['2026-01-31 10:20:30+00']]);
});

test('DuckDB uses the threads and the memory of the source', async () => {
  const query = "select current_setting('threads') as threads, current_setting('memory_limit') as memory";
  const { lines } = await readAll(await open({ memoryLimit: '1GiB', threads: 3 }), query, [
    'threads',
    'memory',
  ]);
  expect(lines).toEqual([['3', '1.0 GiB']]);
});

test('a canceled query leaves nothing of what it has written to the disk', async () => {
  const tempDirectory = await mkdtemp(join(project, 'temporary-'));
  const before = await readdir(project);
  const warehouse = await open({ tempDirectory, memoryLimit: '100MB' });
  const controller = new AbortController();
  const query = 'select md5(i::varchar) as id from range(100000000) t (i) order by id';
  const read = readAll(warehouse, query, ['id'], controller.signal);
  const outcome = expect(read).rejects.toThrow('enough of it');
  await until('the query writes to the disk', async () =>
    (await readdir(tempDirectory, { recursive: true })).some((path) => path.includes('spill/')),
  );
  controller.abort(new Error('enough of it'));
  await outcome;
  expect(await readdir(tempDirectory)).toEqual([]);
  expect(await readdir(project)).toEqual(before);
});

test('a database that cannot be opened leaves nothing behind', async () => {
  const tempDirectory = await mkdtemp(join(project, 'temporary-'));
  await writeFile(join(project, 'junk.duckdb'), 'x'.repeat(20_000));
  const opening = open({ tempDirectory, connection: { file: 'junk.duckdb' } });
  await expect(opening).rejects.toMatchObject({ type: 'ConfigurationInvalid' });
  expect(await readdir(tempDirectory)).toEqual([]);
  expect(await engines()).toEqual([]);
});

test('a consumer that stops early ends the query, also while it writes nothing', async () => {
  const warehouse = await open();
  const many = "select i, repeat('x', 1000) as padding from range(10000) t (i)";
  const slow = "select count(*), '' from range(10000000000000) t (i) where hash(i) = 1";
  const segment = { query: `${many} union all ${slow}` };
  const read = await warehouse.read({ segment, columns: ['padding'], signal: new AbortController().signal });
  for await (const batch of read.batches) {
    expect(batch.length).toBeGreaterThan(0);
    break;
  }
  expect(await engines()).toEqual([]);
  await warehouse.close();
});

test('a guard reads one row, however many its query has', async () => {
  const warehouse = await open();
  const query = 'select i from range(10000000000000) t (i)';
  const { signal } = new AbortController();
  expect(await warehouse.look({ query, setting: 'guards.freshness', signal })).toMatchObject({ value: '0' });
  await warehouse.close();
});

const MOTHERDUCK = { connection: { motherduck: 'shop', token: { env: 'TOKEN' } }, env: { TOKEN: 'hunter2' } };

test('the database of MotherDuck is opened with the token and the network, and says what it guarantees', async () => {
  const asked = vi.spyOn(Engine.prototype, 'ask').mockResolvedValue(null);
  onTestFinished(() => asked.mockRestore());
  const warehouse = await open(MOTHERDUCK);
  expect(warehouse.guarantees).toMatchObject({ snapshot: 'statement', readOnly: 'wrapped', tried: false });
  await warehouse.close();
  const [opening, ...statements] = asked.mock.calls.map(([ask]) => ask);
  expect(opening).toMatchObject({ database: 'md:shop', config: { motherduck_token: 'hunter2' } });
  expect(JSON.stringify([opening, statements])).not.toMatch(/autoload|external_access|READ_ONLY/);
});

test('the extension of MotherDuck comes through the proxy of the worker; if it cannot, the run is retried', async () => {
  const requested: string[] = [];
  const proxy = createServer((request, response) => {
    requested.push(request.url!);
    response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void proxy.close());
  await once(proxy, 'listening');
  stubEnv('HTTP_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  stubEnv('HOME', project);
  const error = await failureOf(open(MOTHERDUCK));
  expect(requested).toEqual([expect.stringContaining('/motherduck.duckdb_extension')]);
  expect(error).toMatchObject({ type: 'SourceUnavailable', retryable: true });
  expect(error.message).toContain('md:shop');
  expect(error.message).not.toContain('hunter2');
});
