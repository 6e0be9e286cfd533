import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rename, copyFile, rm, writeFile, readdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Source } from '../../activation/definition/source.ts';
import type { Failure } from '../../contract/failure.ts';
import { NOT_TEXT } from '../../activation/values/text.ts';
import { openWarehouse } from '../../warehouse/open.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import { describeWarehouse } from './contract.ts';
import { READER, readAll } from './reading.ts';

type DuckdbConnection = Extract<Source, { driver: 'duckdb' }>['connection'];

/** A project folder with a database file. */
let project: string;
const file = () => join(project, 'shop.duckdb');

async function start(): Promise<void> {
  project = await mkdtemp(join(tmpdir(), 'duckdb-test-'));
  await change('create table written (id int)', 'create sequence counted', 'create schema crm');
}

async function stop(): Promise<void> {
  await rm(project, { recursive: true, force: true });
}

interface Options {
  statementTimeout?: number;
  connection?: DuckdbConnection;
  memoryLimit?: string;
  tempDirectory?: string;
  env?: NodeJS.ProcessEnv;
}

function open({
  statementTimeout = 60_000,
  connection = { file: 'shop.duckdb' },
  memoryLimit = '512MB',
  tempDirectory,
  env = {},
}: Options = {}): Promise<Warehouse> {
  const settings = { driver: 'duckdb' as const, statementTimeout, memoryLimit, threads: 2, tempDirectory };
  return openWarehouse({ ...settings, connection }, env, READER, project);
}

/** Writes as DuckDB's users must while others read: into a copy, which then replaces the file. */
async function change(...statements: string[]): Promise<void> {
  const copy = join(project, 'next.duckdb');
  await copyFile(file(), copy).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error; // the first time there is no file yet
  });
  await inDatabase(copy, statements);
  await rename(copy, file());
}

async function inDatabase(path: string, statements: string[]): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path, { threads: '2', memory_limit: '256MB' });
  const connection = await instance.connect();
  let rows: unknown[][] = [];
  for (const sql of statements) rows = (await connection.runAndReadAll(sql)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** The processes of DuckDB that this process started, by their titles. */
async function engines(): Promise<{ pid: number; title: string }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, title] = /^\s*(\d+)\s+(\d+)\s+(actito-sync .*)$/.exec(line) ?? [];
    return Number(parent) === process.pid ? [{ pid: Number(pid), title: title!.trim() }] : [];
  });
}

describeWarehouse('DuckDB', {
  start,
  stop,
  open,
  running: async () =>
    (await engines()).filter(({ title }) => title === 'actito-sync vip run 7 reading').length,
  execute: (sql) => change(sql),
  rows: (n) => `select i::int as id, repeat('x', 100) as padding from range(1, ${n + 1}) t (i)`,
  slow: 'select count(*)::int as id from range(10000000000000) t (i) where hash(i) = 1',
  writes: {
    'an INSERT as the query': 'insert into written values (1) returning id',
    'an INSERT in a WITH': 'with w as (insert into written values (1) returning id) select id from w',
    'a sequence': "select nextval('counted') as id",
    'a table of the result': 'create table written_too as select 1 as id',
    'a COPY into a file': "copy (select 1 as id) to 'written.csv'",
    'another database': "attach 'written.duckdb'",
  },
  async written() {
    const [[rows]] = (await inDatabase(file(), ['select count(*)::int from written'])) as [[number]];
    const [[calls]] = (await inDatabase(file(), [
      'select count(last_value)::int from duckdb_sequences()',
    ])) as [[number]];
    const files = (await readdir(project)).filter((name) => name.startsWith('written'));
    return rows + calls + files.length;
  },
  guarantees: { snapshot: 'transaction', readOnly: 'server', tried: true },
  failsAt: (n) =>
    `select case when i = ${n} then 'x' else i::varchar end::int as id, repeat('x', 100) as padding from range(1, ${2 * n + 1}) t (i)`,
  async cut() {
    for (const { pid } of await engines()) process.kill(pid, 'SIGKILL');
  },
  values: [
    {
      expression: String.raw`E'tab\tnew\nline\rback\\slash'`,
      kind: 'text',
      text: String.raw`tab\tnew\nline\rback\\slash`,
    },
    {
      expression: 'chr(8) || chr(11) || chr(12)',
      kind: 'text',
      text: String.raw`\b\v\f`,
    },
    { expression: "'Zoë Łukasz 東京 🎈'", kind: 'text', text: 'Zoë Łukasz 東京 🎈' },
    { expression: `'"quoted", it''s'`, kind: 'text', text: `"quoted", it's` },
    { expression: "''", kind: 'text', text: '' },
    { expression: 'null::text', kind: 'text', text: String.raw`\N` },
    { expression: String.raw`'\N'`, kind: 'text', text: String.raw`\\N` },
    { expression: "'a' || chr(0) || 'b'", kind: 'text', text: `ab${NOT_TEXT}` },
    { expression: "'glad'::enum ('glad', 'sad')", kind: 'text', text: 'glad' },
    {
      expression: "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid",
      kind: 'text',
      text: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    },
    { expression: 'true', kind: 'boolean', text: 't' },
    { expression: '1 = 2', kind: 'boolean', text: 'f' },
    { expression: 'null::boolean', kind: 'boolean', text: String.raw`\N` },
    { expression: '(-128)::tinyint', kind: 'integer', text: '-128' },
    { expression: '9223372036854775807', kind: 'integer', text: '9223372036854775807' },
    { expression: '18446744073709551615::ubigint', kind: 'integer', text: '18446744073709551615' },
    { expression: 'sum(9223372036854775807::bigint)', kind: 'integer', text: '9223372036854775807' },
    {
      expression: '12345678901234567890.12::decimal(38,18)',
      kind: 'decimal',
      text: '12345678901234567890.120000000000000000',
    },
    { expression: '-0.5::decimal(3,2)', kind: 'decimal', text: '-0.50' },
    { expression: '0.1::double + 0.2::double', kind: 'float', text: '0.30000000000000004' },
    { expression: '1e20::double', kind: 'float', text: '1e+20' },
    { expression: '5::double', kind: 'float', text: '5' },
    { expression: '0.1::real', kind: 'float', text: '0.1' },
    { expression: "date '2026-01-31'", kind: 'date', text: '2026-01-31' },
    {
      expression: "timestamp '2026-01-31 10:20:30.123456'",
      kind: 'timestamp',
      text: '2026-01-31 10:20:30.123456',
    },
    {
      expression: "timestamp_ns '2026-01-31 10:20:30.100000789'",
      kind: 'timestamp',
      text: '2026-01-31 10:20:30.1',
    },
    { expression: "timestamp_s '2026-01-31 10:20:30'", kind: 'timestamp', text: '2026-01-31 10:20:30' },
    {
      expression: "timestamptz '2026-01-31 10:20:30.5+02'",
      kind: 'timestamptz',
      text: '2026-01-31 08:20:30.5+00',
    },
    { expression: "'infinity'::timestamptz", kind: 'timestamptz', text: 'infinity' },
    { expression: `'{"a":"\\n"}'::json`, kind: 'unsupported', text: String.raw`{"a":"\\n"}` },
    { expression: '[1, 2]', kind: 'unsupported', text: '[1, 2]' },
    { expression: String.raw`'\xff'::blob`, kind: 'unsupported', text: String.raw`\\xFF` },
    { expression: "interval '90 minutes'", kind: 'unsupported', text: '01:30:00' },
    { expression: "{'a': 1}", kind: 'unsupported', text: "{'a': 1}" },
  ],
});

describe('DuckDB as a warehouse', () => {
  beforeAll(start);
  afterAll(stop);

  const rejection = (query: string, options?: Options, columns = ['id']) =>
    open(options)
      .then((warehouse) => readAll(warehouse, query, columns))
      .then(
        () => expect.fail('the read should have failed'),
        (error: Failure) => error,
      );

  test('a table of another schema, and a column by its exact name', async () => {
    await change('create or replace view crm."Members" as select 5 as "Id"');
    expect((await readAll(await open(), { table: 'crm.Members' }, ['Id'])).lines).toEqual([['5']]);
    expect((await rejection('select 5 as "Id"')).message).toContain('did you mean "Id"?');
  });

  test('names that differ by case only are different columns, and one that two share is rejected', async () => {
    const query = 'select 1 as id, 2 as "ID", 3 as twice, 4 as twice';
    expect((await readAll(await open(), query, ['ID', 'id'])).lines).toEqual([['2', '1']]);
    expect((await rejection(query, {}, ['twice'])).message).toContain('2 columns named "twice"');
  });

  test('semicolons and comment signs in all kinds of texts are unchanged', async () => {
    const query = String.raw`
      select E'it\'s; --' as a, $$;/*$$ as b, $x$ $$; $x$ as c, 1 as "odd;--" ; -- the end;`;
    const read = await readAll(await open(), query, ['a', 'b', 'c', 'odd;--']);
    expect(read.lines).toEqual([["it's; --", ';/*', ' $$; ', '1']]);
  });

  test.each([
    [
      'select 1 as id,\n  emial from (select 1) x',
      /a column does not exist, at line 2, column 3 of the query/,
    ],
    ["select '🎈é' as id, nothing", /line 1, column 20 of the query/],
    ['select 1 as id where (', /a syntax error, at the end of the query/],
    ['-- nothing but a comment', /a syntax error, at the end of the query/],
    ['select 1 as id; select 2', /more than one statement \(DuckDB\)/],
    ['explain select 1 as id', /it is not a SELECT \(DuckDB\)/],
    ['select * from nowhere.people', /a table does not exist|a schema does not exist/],
    ['select upper(1, 2) as id', /a function or operator does not exist/],
    ["select ('secret' || random())::int as id", /text cannot be converted.*\(DuckDB Conversion error\)/],
    ["select error('secret') as id", /a value is not valid/],
  ])('the error of %j says what is wrong and where, without values', async (query, message) => {
    const error = await rejection(query);
    expect(error).toMatchObject({ type: 'SegmentQueryFailed', retryable: false, cause: undefined });
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/secret/);
  });

  test('a query cannot read files beside the database, change settings, or use the network', async () => {
    await writeFile(join(project, '.env'), 'API_KEY=hunter2\n');
    for (const query of [
      `select content as id from read_text('${join(project, '.env')}')`,
      "select content as id from read_text('.env')",
      "select * from read_csv('/etc/passwd')",
      "select * from 'https://example.com/people.parquet'",
      "select * from glob('/etc/*')",
      'set enable_external_access = true',
      'install httpfs',
    ])
      expect(await rejection(query), query).toMatchObject({ type: 'SegmentQueryFailed' });
  });

  test('the process has none of the environment of the worker but its paths', async () => {
    process.env.ACTITO_SYNC_TEST_SECRET = 'hunter2';
    onTestFinished(() => void delete process.env.ACTITO_SYNC_TEST_SECRET);
    const warehouse = await open();
    const [engine] = await engines();
    const { stdout } = await promisify(execFile)('ps', ['eww', '-o', 'args=', '-p', String(engine!.pid)]);
    expect(stdout).not.toContain('hunter2');
    await warehouse.close();
    expect(await engines()).toEqual([]);
  });

  test('a file that another program writes to makes the run wait, and says what to do', async () => {
    // a lock belongs to a process, so another one must have it
    const script = `
      const { DuckDBInstance } = await import('@duckdb/node-api');
      await DuckDBInstance.create(${JSON.stringify(file())});
      console.log('open');
      setInterval(() => undefined, 1000);`;
    const writer = execFile(process.execPath, ['--input-type=module', '-e', script], { cwd: process.cwd() });
    await new Promise((resolve) => writer.stdout!.once('data', resolve));
    const error = await rejection('select 1 as id');
    writer.kill('SIGKILL');
    await new Promise((resolve) => writer.once('exit', resolve));
    expect(error).toMatchObject({ type: 'SourceUnavailable', retryable: true });
    expect(error.message).toMatch(/^Another program has the database file shop\.duckdb open for writing\. /);
    expect((await readAll(await open(), 'select 1 as id', ['id'])).rows).toBe(1);
  });

  test('reads of one file at the same time each keep their lock until their own end', async () => {
    const [one, other] = [await open(), await open()];
    await one.close();
    const script = `
      const { DuckDBInstance } = await import('@duckdb/node-api');
      await DuckDBInstance.create(${JSON.stringify(file())});`;
    await expect(
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]),
    ).rejects.toThrow('Could not set lock');
    expect((await readAll(other, 'select 1 as id', ['id'])).rows).toBe(1);
  });

  test.each([
    [{ file: 'nope.duckdb' }, /cannot read nope\.duckdb, which the source names \(ENOENT\)/],
    [{ file: 'junk.duckdb' }, /file of the warehouse \(junk\.duckdb\) cannot be used/],
    [{ file: 'exports' }, /cannot read exports, .*\(EISDIR\)/],
    [{ folder: 'junk.duckdb' }, /cannot read junk\.duckdb, .*\(ENOTDIR\)/],
    [{ motherduck: 'shop', token: { env: 'NO_TOKEN' } }, /NO_TOKEN is not set/],
  ])('%j is a mistake of the configuration', async (connection, message) => {
    await writeFile(join(project, 'junk.duckdb'), 'x'.repeat(20_000));
    await mkdir(join(project, 'exports'), { recursive: true });
    const error = await rejection('select 1 as id', { connection });
    expect(error).toMatchObject({ type: 'ConfigurationInvalid', cause: undefined });
    expect(error.message).toMatch(message);
  });

  test('a query that needs more memory than its limit uses the disk, or fails and says which setting to raise', async () => {
    const sorted = 'select i as id, md5(i::varchar) as hash from range(2000000) t (i) order by hash';
    const read = await readAll(await open({ memoryLimit: '100MB' }), sorted, ['id']);
    expect(read.rows).toBe(2_000_000);
    const list = 'select len(list(i)) as id from range(30000000) t (i)';
    const error = await rejection(list, { memoryLimit: '50MB' });
    expect(error).toMatchObject({ type: 'SegmentQueryFailed' });
    expect(error.message).toContain('more memory than memoryLimit of the source (50MB)');
  });

  test('nothing stays behind in the folder for temporary files', async () => {
    await mkdir(join(project, 'temporary'));
    const options = { tempDirectory: 'temporary' };
    const warehouse = await open(options);
    expect(await readdir(join(project, 'temporary'))).toHaveLength(1);
    await readAll(warehouse, 'select 1 as id', ['id']);
    await rejection('select nothing', options);
    expect(await readdir(join(project, 'temporary'))).toEqual([]);
    expect(await rejection('select 1 as id', { tempDirectory: 'nowhere' })).toMatchObject({
      type: 'ConfigurationInvalid',
      message: expect.stringContaining('tempDirectory') as string,
    });
  });

  test('the project folder may be a link', async () => {
    await symlink(file(), join(project, 'linked.duckdb'));
    const connection = { file: 'linked.duckdb' };
    expect((await readAll(await open({ connection }), 'select 1 as id', ['id'])).rows).toBe(1);
  });
});
