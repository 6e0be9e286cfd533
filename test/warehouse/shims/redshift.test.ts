import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { until } from '../../setup/until.ts';
import { startRedshiftShim } from './redshift/shim.ts';
import { answer, connect, database, shim, useRedshiftShim } from './redshift-fixture.ts';

/* What the shim of Redshift changes: see redshift/README.md for the facts. */

useRedshiftShim();

test('it presents itself as PostgreSQL 8.0.2', async () => {
  const client = await connect();
  let version = '';
  client.connection.on('parameterStatus', (message: { parameterName: string; parameterValue: string }) => {
    if (message.parameterName === 'server_version') version = message.parameterValue;
  });
  await client.query("set application_name to 'x'");
  expect(version).toBe(''); // only told at the start, or when it changes
  expect(await answer(client, 'show server_version')).toEqual([{ server_version: '8.0.2' }]);
  expect(await answer(client, 'select version() as v')).toEqual([
    { v: expect.stringMatching(/8\.0\.2.*Redshift/) },
  ]);
});

test('settings of Redshift obey the transaction, and have defaults', async () => {
  const client = await connect();
  expect(await answer(client, 'show query_group')).toEqual([{ query_group: 'default' }]);
  await client.query("begin; set local query_group to 'vip'");
  expect(await answer(client, 'show query_group')).toEqual([{ query_group: 'vip' }]);
  await client.query('rollback; set query_group to later');
  expect(await answer(client, 'show query_group')).toEqual([{ query_group: 'later' }]);
});

test('a refusal ends the transaction', async () => {
  const client = await connect();
  await client.query('begin');
  await answer(client, 'select clock_timestamp()');
  expect(await answer(client, 'select 1')).toMatch(/^25P02/);
});

test.each(['begin', 'begin read only', 'start transaction isolation level read committed read only'])(
  '%s takes one snapshot for the whole transaction',
  async (begin) => {
    const client = await connect();
    await client.query(begin);
    const count = async () =>
      (await client.query<{ n: string }>('select count(*) as n from people')).rows[0]!.n;
    const before = await count();
    await shim.execute("insert into people values (0, 'New')");
    expect(await count()).toBe(before);
    if (begin.includes('only')) expect(await answer(client, 'delete from people')).toMatch(/^25006/);
    await client.query('rollback');
    await shim.execute('delete from people where id = 0');
  },
);

describe('cursors', () => {
  test('there is one at a time, in a transaction, that moves forwards', async () => {
    const client = await connect();
    expect(await answer(client, 'declare c cursor for select 1')).toMatch(/^25P01/);
    await client.query('begin; declare c cursor for select id from people order by id');
    expect(await answer(client, 'fetch forward 2 from c')).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await answer(client, 'declare d cursor for select 1')).toMatch(/^0A000.*"c" is already open/);
    await client.query('rollback; begin; declare d cursor for select 1 as id');
    expect(await answer(client, 'fetch next from d')).toEqual([{ id: 1 }]);
    expect(await answer(client, 'fetch backward 1 from d')).toMatch(/^42601.*"backward"/);
  });

  test('only the documented form is known', async () => {
    const client = await connect();
    await client.query('begin');
    expect(await answer(client, 'declare c scroll cursor for select 1')).toMatch(/^42601.*"scroll"/);
  });
});

test('a SELECT does not report its rows, unless the shim is told so', async () => {
  const counted = await startRedshiftShim({ url: database.url, counted: true });
  const sql = 'select id from people';
  expect((await (await connect()).query(sql)).rowCount).toBeNull();
  expect((await (await connect(counted.port)).query(sql)).rowCount).toBe(1000);
  await counted.close();
});

test('strings take backslashes as escapes, and quoted names are folded', async () => {
  const client = await connect();
  const sql = `select 'a\\\\b' as "Text", 'it\\'s' as x`;
  expect(await answer(client, sql)).toEqual([{ text: 'a\\b', x: "it's" }]);
  await client.query('set enable_case_sensitive_identifier to true');
  expect(await answer(client, sql)).toEqual([{ Text: 'a\\b', x: "it's" }]);
});

test('only syntax errors have a position: that in the text of the client', async () => {
  const client = await connect();
  const position = (sql: string) => client.query(sql).then(
    () => 'no error',
    (error: pg.DatabaseError) => error.position,
  ); // prettier-ignore
  expect(await position('begin; select from from')).toBe(
    String('begin; select from from'.lastIndexOf('from') + 1),
  );
  await client.query('rollback');
  expect(await position('select 1; copy people to stdout')).toBe('23');
  expect(await position('select nothing from people')).toBeUndefined();
});

test('the extended protocol ignores a row limit', async () => {
  const client = await connect();
  const rows = await new Promise((resolve, reject) => {
    const query = new pg.Query({ text: 'select id from people', rows: 10 } as pg.QueryConfig);
    query.on('end', (result) => resolve(result.rows.length));
    query.on('error', reject);
    client.query(query);
  });
  expect(rows).toBe(1000);
});

test('pg_cancel_backend and CANCEL end a statement, pg_terminate_backend a session', async () => {
  const [reader, other] = [await connect(), await connect()];
  const { rows } = await reader.query<{ pid: number }>('select pg_backend_pid() as pid');
  for (const stop of [`select pg_cancel_backend(${rows[0]!.pid})`, `cancel ${rows[0]!.pid}`]) {
    const running = answer(reader, 'select id from slow');
    await until('the query runs', async () => (await shim.running()).includes('select id from slow'));
    await other.query(stop);
    expect(await running).toMatch(/^57014 Query \(\d+\) cancelled on user's request/);
  }
  const running = answer(reader, 'select id from slow');
  await until('the query runs', async () => (await shim.running()).length === 1);
  await other.query(`select pg_terminate_backend(${rows[0]!.pid})`);
  expect(await running).toMatch(/^57P01/);
});

test('statement_timeout is in milliseconds', async () => {
  const client = await connect();
  await client.query('set statement_timeout = 50');
  expect(await answer(client, 'select id from slow')).toMatch(/^57014 Query/);
});

describe('faults', () => {
  /** How many rows arrived, and how the query ended. */
  async function read(client: pg.Client, sql = 'select id from people order by id') {
    let rows = 0;
    const query = client.query(new pg.Query(sql));
    query.on('row', () => rows++);
    const end = await new Promise((resolve) => {
      query.on('end', (result) => resolve(result.rowCount));
      query.on('error', (error) => resolve((error as pg.DatabaseError).code ?? error.message));
    });
    return { rows, end };
  }

  test('a value fails at a row, and the transaction with it', async () => {
    const client = await connect();
    shim.setFault({ kind: 'value', row: 500 });
    await client.query('begin');
    expect(await read(client)).toEqual({ rows: 499, end: '22P02' });
    expect(await answer(client, 'select 1')).toMatch(/^25P02/);
    await client.query('rollback');
    expect(await answer(client, 'select 1 as id')).toEqual([{ id: 1 }]);
  });

  test('the connection is cut at a row', async () => {
    shim.setFault({ kind: 'cut', row: 500 });
    expect(await read(await connect())).toEqual({
      rows: expect.any(Number),
      end: expect.stringMatching(/ECONNRESET|terminated/),
    });
  });

  test('another number of rows is reported', async () => {
    shim.setFault({ kind: 'count', row: 500, difference: -1 });
    const client = await connect();
    expect(await read(client)).toEqual({ rows: 1000, end: 999 });
    expect(await read(client, 'select 1')).toEqual({ rows: 1, end: null });
  });

  test('all connections are cut', async () => {
    const running = read(await connect(), 'select id from slow');
    await until('the query runs', async () => (await shim.running()).length === 1);
    shim.cutConnections();
    expect((await running).end).toMatch(/ECONNRESET|terminated/);
  });
});
