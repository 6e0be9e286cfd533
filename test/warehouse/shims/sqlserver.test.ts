import { generate } from 'selfsigned';
import { TYPES, type Connection } from 'tedious';
import { describe, expect, test } from 'vitest';
import { until } from '../../setup/until.ts';
import { startSqlServerShim } from './sqlserver/shim.ts';
import { ask, connect, connections, shim, useSqlServerShim } from './sqlserver-fixture.ts';

/* What the shim of SQL Server says to a client that others wrote: see sqlserver/README.md for the facts. */

useSqlServerShim();

test('a login with another password fails', async () => {
  await expect(connect({ password: 'other' })).rejects.toThrow("Login failed for user 'sa'.");
});

test('the connection can be encrypted, with a certificate that the client checks', async () => {
  const pem = await generate([{ name: 'commonName', value: 'localhost' }]);
  const secure = await startSqlServerShim({
    certificate: { key: pem.private, cert: pem.cert },
    requireEncryption: true,
  });
  const long = `select convert(nvarchar(max), replicate(N'é', 100000)) as x`;
  const { rows } = await ask(await connect({ port: secure.port, encrypt: true, ca: pem.cert }), long);
  expect(rows).toEqual([['é'.repeat(100_000)]]);
  await expect(connect({ port: secure.port, encrypt: true })).rejects.toThrow(/certificate/);
  connections.splice(0).forEach((connection) => connection.close());
  await secure.close();
});

test('values of all types arrive, and NULLs', async () => {
  const { names, rows, end } = await ask(
    await connect(),
    `select cast(7 as int) as i, cast('9223372036854775807' as bigint) as [big one], cast(1 as bit) as b, cast(1.5 as float) as f,
       cast('-12.50' as decimal(10,2)) as d, cast('2026-01-31' as date) as day, cast(null as int) as nothing,
       cast('2026-01-31 10:20:30.123456' as datetime2) as at, N'Zoë 😀' as t, '' as empty`,
  );
  expect(names).toEqual(['i', 'big one', 'b', 'f', 'd', 'day', 'nothing', 'at', 't', 'empty']);
  expect(rows).toEqual([
    [
      7,
      '9223372036854775807',
      true,
      1.5,
      -12.5,
      new Date('2026-01-31'),
      null,
      new Date('2026-01-31T10:20:30.123Z'),
      'Zoë 😀',
      '',
    ],
  ]);
  expect(end).toBe(1);
});

test.each([
  ["convert(nvarchar(max), cast('2026-01-31 10:20:30.5' as datetime2), 121)", '2026-01-31 10:20:30.5000000'],
  ["convert(nvarchar(max), cast('2026-01-31 10:20:30.5' as datetime2), 126)", '2026-01-31T10:20:30.5000000'],
  ["convert(nvarchar(max), cast('2026-01-31 10:20:30' as datetime2), 0)", 'Jan 31 2026 10:20AM'],
  [
    "convert(nvarchar(max), cast('2026-01-31 12:20:30+02:00' as datetimeoffset), 121)",
    '2026-01-31 10:20:30.0000000 +00:00',
  ],
  ['convert(nvarchar(max), cast(1.1 as float), 3)', '1.1000000000000001'],
  ['convert(nvarchar(max), cast(1.23456789 as float))', '1.23457'],
  ['cast(cast(1 as bit) as nvarchar(max))', '1'],
  ['convert(nvarchar(max), cast(1.255 as money))', '1.26'],
  ['convert(nvarchar(max), cast(1.255 as money), 2)', '1.2550'],
  ["convert(nvarchar(3), 'abcdef')", 'abc'],
  ["cast(replicate('x', 40) as nvarchar)", 'x'.repeat(30)],
])('%s is %s', async (expression, expected) => {
  expect((await ask(await connect(), `select ${expression} as x`)).rows).toEqual([[expected]]);
});

test.each([
  ['select * from (select id from people order by id) s', /^1033 The ORDER BY clause is invalid/],
  ['with x as (select id from people order by id) select id from x', /^1033/],
  [
    'select * from (with x as (select 1 as id) select id from x) s',
    /^156 Incorrect syntax near the keyword 'with'/,
  ],
  [
    'select * from (select id, count(*) from people group by id) s',
    /^8155 No column name was specified for column 2 of 's'/,
  ],
  [
    'select * from (select id, name as ID from people) as s',
    /^8156 The column 'id' was specified multiple times|^8156/,
  ],
  ['select 1 as id\nfrom nowhere', /^208 Invalid object name 'nowhere'/],
  ['select nothing from people', /^207 Invalid column name 'nothing'/],
  ['select selec from from', /^102 Incorrect syntax near 'from'/],
  [
    "select cast('x' as int) as x",
    /^245 Conversion failed when converting the nvarchar value 'x' to data type int/,
  ],
  ['select convert(nvarchar(max), cast(1 as money), 121) as x', /^281 121 is not a valid style/],
  ['set something on', /^195 'something' is not a recognized SET option/],
])('%s is refused', async (sql, expected) => {
  const { end, line } = await ask(await connect(), sql);
  expect(end).toMatch(expected);
  expect(line).toBe(sql.includes('\n') ? 2 : 1);
});

test.each([
  ['select top 2 id from people order by id', [['1'], ['2']]],
  ['select top (1) s.id from (select top 3 id from people order by id desc) as s', [['1000']]],
  ['with [a b] as (select 5 as id) select [a b].id from [a b]', [[5]]],
  ['select * from (select count(*) from people) s(n)', [['1000']]],
  [
    "select 'order by' as x from (select id as [order by] from people where id = 1 /* order by */) s",
    [['order by']],
  ],
  ['set nocount on; set transaction isolation level snapshot select 1 as x', [[1]]],
])('%s is answered', async (sql, rows) => {
  const answer = await ask(await connect(), sql);
  expect([answer.rows, answer.end]).toEqual([rows, rows.length]);
});

test('sp_executesql takes parameters, and sp_describe_first_result_set tells names and types', async () => {
  const connection = await connect();
  const { rows } = await ask(connection, 'select @name as x, @n as y', true, (request) => {
    request.addParameter('name', TYPES.NVarChar, "it's");
    request.addParameter('n', TYPES.Int, -5);
  });
  expect(rows).toEqual([["it's", -5]]);
  const described = await ask(
    connection,
    "exec sp_describe_first_result_set N'select cast(1 as bit) as a, N''x'' as b, count(*) from people'",
  );
  const at = (name: string) => described.rows.map((row) => row[described.names.indexOf(name)]);
  expect([at('name'), at('system_type_name')]).toEqual([
    ['a', 'b', null],
    ['bit', 'nvarchar(max)', 'bigint'],
  ]);
});

describe('transactions', () => {
  const count = async (connection: Connection) =>
    (await ask(connection, 'select count(*) as n from people')).rows[0]![0];

  test.each([
    ['snapshot', true],
    ['read committed', false],
  ])('with %s, one state of the data is read: %s', async (level, one) => {
    const connection = await connect();
    await ask(connection, `set transaction isolation level ${level}; begin transaction`);
    const before = await count(connection);
    await shim.execute("insert into people values (0, 'New')");
    expect((await count(connection)) === before).toBe(one);
    await ask(connection, 'commit');
    await shim.execute('delete from people where id = 0');
  });

  test('SNAPSHOT is refused by a database that does not allow it', async () => {
    const other = await startSqlServerShim({ snapshotIsolation: false });
    const connection = await connect({ port: other.port });
    expect(
      (
        await ask(
          connection,
          'select snapshot_isolation_state as s from sys.databases where name = db_name()',
        )
      ).rows,
    ).toEqual([[0]]);
    await ask(connection, 'set transaction isolation level snapshot; begin transaction');
    expect((await ask(connection, 'select 1 as x')).end).toMatch(/^3952/);
    connections.splice(0).forEach((one) => one.close());
    await other.close();
  });
});

test.each([
  ["waitfor delay '00:10:00'", 'a wait'],
  ['select count(*) as n from range(100000000) a cross join range(100000) b', 'a query'],
])('an attention ends %s', async (sql) => {
  const connection = await connect();
  const answer = ask(connection, sql);
  await until('it runs', async () => shim.running().includes(sql));
  connection.cancel();
  expect((await answer).end).toMatch(/ECANCEL/);
  expect((await ask(connection, 'select 1 as x')).rows).toEqual([[1]]);
});

describe('faults', () => {
  const all = 'select id from people order by id';

  test('a value fails at a row', async () => {
    shim.setFault({ kind: 'value', row: 500 });
    const { rows, end } = await ask(await connect(), all);
    expect([rows.length, end]).toEqual([499, expect.stringMatching(/^245/)]);
  });

  test('the connection is cut at a row', async () => {
    shim.setFault({ kind: 'cut', row: 500 });
    const { rows, end } = await ask(await connect(), all);
    expect(rows.length).toBeLessThan(500);
    expect(end).toMatch(/ECLOSE|ESOCKET|ECONNRESET/);
  });

  test('another number of rows is reported', async () => {
    shim.setFault({ kind: 'count', row: 500, difference: 3 });
    const { rows, end } = await ask(await connect(), all);
    expect([rows.length, end]).toEqual([1000, 1003]);
  });

  test('all connections are cut', async () => {
    const answer = ask(await connect(), "waitfor delay '00:10:00'");
    await until('it runs', async () => shim.running().length === 1);
    shim.cutConnections();
    expect((await answer).end).toMatch(/ECLOSE|ESOCKET|ECONNRESET/);
    await until('it has ended', async () => shim.running().length === 0);
  });
});
