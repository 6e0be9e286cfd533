import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Sealed } from '../../contract/foreign.ts';
import { failureOf } from '../support/failure-of.ts';
import { change, engines, file, open, project, start, stop, type Options } from './duckdb-project.ts';
import { readAll } from './reading.ts';

describe('a database file of DuckDB as a warehouse', () => {
  beforeAll(start);
  afterAll(stop);

  const rejection = (query: Parameters<typeof readAll>[1], options?: Options, columns = ['id']) =>
    failureOf(open(options).then((warehouse) => readAll(warehouse, query, columns)));

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
    const nested = 'select 1 as id; /* a comment /* in a comment */ goes on */';
    expect((await readAll(await open(), nested, ['id'])).lines).toEqual([['1']]);
  });

  test.each([
    [
      'select 1 as id,\n  emial from (select 1) x',
      /a column does not exist, at line 2, column 3 of the query/,
    ],
    ["select '🎈é' as id, nothing", /line 1, column 20 of the query/],
    ['select 1 as id where (', /a syntax error, at the end of the query/],
    ['-- nothing but a comment', /a syntax error, at the end of the query/],
    ['select 1 as id; select 2', /more than one statement, at line 1, column 15 of the query/],
    ['pivot (select 1 as id) on id', /more than one statement \(DuckDB\)/],
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

  test('no extension is downloaded, whatever the file and the query are', async () => {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url!);
      response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void proxy.close());
    await once(proxy, 'listening');
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    await writeFile(join(project, 'shop.sqlite'), 'SQLite format 3\0'.padEnd(4_096, '\0'));
    const foreign = await rejection('select 1 as id', { connection: { file: 'shop.sqlite' } });
    expect(foreign).toMatchObject({ type: 'ConfigurationInvalid' });
    expect(foreign.message).toMatch(/shop\.sqlite.* must be a database file that/);
    expect((foreign.words as Sealed).open()).not.toContain('.duckdb/extensions'); // installed ones of the user
    await writeFile(join(project, 'people.xlsx'), '');
    for (const [connection, query] of [
      [{ file: 'shop.duckdb' }, "select * from read_xlsx('people.xlsx')"],
      [{ file: 'shop.duckdb' }, "select '127.0.0.1'::inet as id"],
      [{ folder: '.' }, 'select st_point(1, 2) as id'],
      [{ folder: '.' }, "select * from 'https://example.com/people.parquet'"],
    ] as const)
      expect((await rejection(query, { connection })).message, query).toContain(
        'it needs an extension of the database, and runs load none',
      );
    expect(asked).toEqual([]);
  });

  test('a table that does not exist is reported with the most similar one of the database', async () => {
    await change('create table crm.customers as select 1 as id', 'create table orders as select 1 as id');
    for (const [table, near] of [
      ['order', 'orders'],
      ['crm.costumers', 'crm.customers'],
      ['Customers', 'crm.customers'],
      ['pg_type_of_nothing', undefined],
    ] as const) {
      const error = await rejection({ table });
      expect(error, table).toMatchObject({
        type: 'SegmentQueryFailed',
        told: { reason: 'tableMissing', facts: { table, near } },
        words: expect.any(Sealed) as unknown,
      });
    }
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
    [{ motherduck: 'shop', token: { env: 'NO_TOKEN' } }, /NO_TOKEN \(for connection.token\) is not set/],
  ])('%j is a mistake of the configuration', async (connection, message) => {
    await writeFile(join(project, 'junk.duckdb'), 'x'.repeat(20_000));
    await mkdir(join(project, 'exports'), { recursive: true });
    const error = await rejection('select 1 as id', { connection });
    expect(error).toMatchObject({ type: 'ConfigurationInvalid', cause: undefined });
    expect(error.message).toMatch(message);
  });

  test('a file of a newer DuckDB is reported as such', async () => {
    const newer = await readFile(file());
    const [word, sum] = [newer.readBigUInt64LE(8), newer.readBigUInt64LE(0)];
    newer.writeUInt32LE(99, 12); // the version of the format
    // DuckDB's checksum is the exclusive or of the products of all words with this number.
    const product = (value: bigint) => BigInt.asUintN(64, value * 0xbf58476d1ce4e5b9n);
    newer.writeBigUInt64LE(sum ^ product(word) ^ product(newer.readBigUInt64LE(8)), 0);
    await writeFile(join(project, 'newer.duckdb'), newer);
    const error = await rejection('select 1 as id', { connection: { file: 'newer.duckdb' } });
    expect(error).toMatchObject({ type: 'ConfigurationInvalid' });
    expect(error.message).toContain('(newer.duckdb) cannot be used; ');
    expect(error.message).toContain('a newer DuckDB wrote it');
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
