import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine, EngineSilent, LibraryMissing } from '../../warehouse/duckdb/engine.ts';
import { failuresOf } from '../../warehouse/duckdb/failures.ts';
import { until } from '../setup/until.ts';
import { openWarehouse } from '../../warehouse/open.ts';
import { failureOf } from '../support/failure-of.ts';
import { READER, readAll } from './reading.ts';

/* The process in which DuckDB runs: how it starts, and how it ends whatever happens. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckdb-process-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const START = join(import.meta.dirname, '../../dev/start.js');
const SOURCE = {
  driver: 'duckdb' as const,
  connection: { folder: '.' },
  statementTimeout: 1_500,
  memoryLimit: '100MB',
  threads: 1,
};

async function pidsOf(title: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid] = /^\s*(\d+) actito-sync (.*)$/.exec(line) ?? [];
    return line.includes(`actito-sync ${title}`) && pid !== undefined ? [Number(pid)] : [];
  });
}

test('without the library, the message names the package and how to install it', async () => {
  // the same program where no package is found
  const copy = join(folder, 'engine-process.mts');
  await copyFile(join(import.meta.dirname, '../../warehouse/duckdb/engine-process.ts'), copy);
  const child = fork(START, [copy, 'nothing'], { execArgv: [], cwd: join(import.meta.dirname, '../..') });
  child.send({ id: 1, ask: 'open', database: ':memory:', config: {} });
  expect((await once(child, 'message'))[0]).toEqual({ id: 1, missing: true });
  child.disconnect();
  expect((await once(child, 'exit'))[1]).toBe('SIGKILL'); // it does not outlive the channel
  const failures = failuresOf({ place: 'x', isRemote: false, statementTimeout: 1, memoryLimit: '1MB' });
  expect(failures(new LibraryMissing())).toMatchObject({
    type: 'ConfigurationInvalid',
    message: expect.stringContaining('npm install @duckdb/node-api') as string,
  });
  expect(failures(new EngineSilent()), 'while opening').toMatchObject({ type: 'SourceUnavailable' });
});

test('a process that does not answer any more is killed at the statement timeout', async () => {
  const reader = { activation: 'stopped', run: '1' };
  const warehouse = await openWarehouse(SOURCE, {}, reader, folder);
  const [pid] = await pidsOf('stopped run 1');
  process.kill(pid!, 'SIGSTOP');
  await expect(readAll(warehouse, 'select 1 as id', ['id'])).rejects.toMatchObject({
    type: 'SegmentQueryFailed',
    message: expect.stringContaining('statementTimeout') as string,
  });
  expect(await pidsOf('stopped run 1')).toEqual([]);
});

test('a program that cannot start is reported', async () => {
  const engine = new Engine('nowhere', join(folder, 'no-such-folder'));
  await expect(engine.ask({ ask: 'run', sql: 'select 1' }, 10_000)).rejects.toMatchObject({
    name: 'EngineEnded',
    how: 'ENOENT',
  });
  await engine.kill();
});

test('a worker that is killed leaves no process and no file behind, even in the middle of a query', async () => {
  const tempDirectory = await mkdtemp(join(folder, 'orphaned-'));
  const script = join(folder, 'worker.mts');
  await writeFile(
    script,
    `const { openWarehouse } = await import(${JSON.stringify(join(import.meta.dirname, '../../warehouse/open.ts'))});
     const source = ${JSON.stringify({ ...SOURCE, statementTimeout: 600_000, tempDirectory })};
     const warehouse = await openWarehouse(source, {}, { activation: 'orphan', run: '1' }, ${JSON.stringify(folder)});
     const query = 'select count(*)::int as id from range(10000000000000) t (i) where hash(i) = 1';
     const signal = new AbortController().signal;
     const read = await warehouse.read({ segment: { query }, columns: ['id'], signal });
     for await (const batch of read.batches) console.log(batch.length);`,
  );
  const root = join(import.meta.dirname, '../..');
  const worker = execFile(process.execPath, [START, script], { cwd: root });
  await until('the query runs', async () => (await pidsOf('orphan run 1 reading')).length === 1);
  expect(await readdir(tempDirectory)).toHaveLength(1);
  worker.kill('SIGKILL');
  await until('its process has ended', async () => (await pidsOf('orphan run 1')).length === 0);
  expect(await readdir(tempDirectory)).toEqual([]);
});

const descriptors = async () => (await readdir('/proc/self/fd')).length;

test.each([
  ['is complete', 'select 1 as id'],
  ['fails', "select (i || 'x')::int as id from range(3) t (i)"],
])('a read that %s leaves no descriptor open', async (_, query) => {
  const before = await descriptors();
  const warehouse = await openWarehouse(SOURCE, {}, READER, folder);
  await readAll(warehouse, query, ['id']).catch(() => undefined);
  await until('its descriptors are closed', async () => (await descriptors()) <= before);
});

test('a read whose temporary folder was removed fails as retryable, and leaves no descriptor open', async () => {
  const parent = await mkdtemp(join(folder, 'removed-'));
  const before = await descriptors();
  const warehouse = await openWarehouse({ ...SOURCE, tempDirectory: parent }, {}, READER, folder);
  await rm(parent, { recursive: true });
  await expect(readAll(warehouse, 'select 1 as id', ['id'])).rejects.toMatchObject({
    type: 'SourceUnavailable',
    retryable: true,
    message: expect.stringContaining('ENOENT') as string,
  });
  await until('its descriptors are closed', async () => (await descriptors()) <= before);
});

test('a query of the warehouse fails as retryable if its process ends, and the next run opens another', async () => {
  const warehouse = await openWarehouse(SOURCE, {}, READER, folder);
  for (const pid of await pidsOf('vip run 7')) process.kill(pid, 'SIGKILL');
  const error = await failureOf(readAll(warehouse, 'select 1 as id', ['id']));
  expect(error).toMatchObject({ type: 'SourceUnavailable', retryable: true });
  const next = await openWarehouse(SOURCE, {}, READER, folder);
  expect((await readAll(next, 'select 1 as id', ['id'])).lines).toEqual([['1']]);
});
