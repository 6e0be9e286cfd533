import { once } from 'node:events';
import net from 'node:net';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Warehouse } from '../../warehouse/source.ts';
import { openSqlServer } from '../../warehouse/sqlserver/open.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { READER, readAll } from './reading.ts';
import { startSqlServerShim } from './shims/sqlserver/shim.ts';
import { another, open, recorded, shim, startShim } from './sqlserver-opening.ts';

/* What is particular to SQL Server. */

describe('SQL Server as a warehouse', () => {
  beforeAll(startShim);
  afterAll(() => shim.close());

  const read = async (query: string, columns = ['id'], warehouse: Promise<Warehouse> = open()) =>
    (await readAll(await warehouse, query, columns)).lines;

  test('the name of a type tells its length, or precision and scale', async () => {
    const query =
      "select cast(1 as bigint) as a, cast(1 as decimal(38,18)) as b, N'x' as c, cast(1 as money) as d";
    const { columns } = await readAll(await open(), query, ['a', 'b', 'c', 'd']);
    expect(columns.map(({ databaseType }) => databaseType).slice(0, 3)).toEqual([
      'bigint',
      'decimal(38,18)',
      'nvarchar(max)',
    ]);
  });

  test.each([
    'with a as (select 1 as id), [b c] (id) as (select id from a where id in (1)) select id from [b c];',
    ';with a as (select 1 as id) select id from a -- the end',
    'select top 1 id from numbers order by id',
    'select id from (select top 1 id from numbers order by id desc) s where id > 0 or id = 1 order by id offset 0 rows',
    "select 1 as id, 'go' as go_on",
  ])('%s is read', async (query) => {
    expect(await read(query)).toHaveLength(1);
  });

  test.each([
    [
      'select id from numbers\norder by id',
      /ORDER BY without TOP or OFFSET.*at line 2, column 1 of the query/,
    ],
    ['with a as (select 1 as id) select id from a order by id', /ORDER BY without TOP or OFFSET/],
    ['select 1 as id\nGO', /it has GO.*at line 2, column 1/],
    ['select 1 as id; select 2 as id', /more than one statement, at line 1, column 15 of the query/],
    ['select 1 as id) s drop table numbers select * from (select 1 as id', /more than one statement/],
    ['select (1 as id', /a syntax error, at the end of the query/],
  ])('%s is rejected before the server sees it', async (query, message) => {
    await expect(read(query)).rejects.toMatchObject({
      type: 'SegmentQueryFailed',
      message: expect.stringMatching(message) as string,
    });
    expect(shim.running()).toEqual([]);
  });

  test('an error in a WITH says its line', async () => {
    const query = 'with a as (\n  select id\n  from nowhere)\nselect id from a';
    await expect(read(query)).rejects.toMatchObject({
      message:
        "The segment's query failed: a table does not exist, at line 3 of the query (SQL Server error 208). Check the name, and that the user of the source has the right to read it.",
    });
  });

  test.each([
    [true, 'transaction'],
    [false, 'none'],
  ])(
    'a database that allows SNAPSHOT isolation (%s) guarantees a snapshot of: %s',
    async (allowed, snapshot) => {
      const own = await another({ snapshotIsolation: allowed });
      const warehouse = await open({ port: own.port });
      expect(warehouse.guarantees.snapshot).toBe(snapshot);
      expect((await readAll(warehouse, 'select 1 as id', ['id'])).lines).toEqual([['1']]);
    },
  );

  test('a wrong password is an error of the configuration, which names no password', async () => {
    await expect(open({ password: 'other' })).rejects.toMatchObject({
      type: 'ConfigurationInvalid',
      message: 'The warehouse (127.0.0.1) rejected the login (ELOGIN). Check user, password, database.',
    });
  });

  test('a server without TLS never gets the login, unless encrypt is false', async () => {
    const { port, bytes: received } = await recorded();
    await expect(open({ port, encrypt: true })).rejects.toMatchObject({
      type: 'ConfigurationInvalid',
      message: expect.stringMatching(
        /failed: the server does not support TLS \(ERR_SQLSERVER_NO_TLS\).*encrypt: false/,
      ) as string,
    });
    const bytes = received();
    expect([bytes[0], bytes.readUInt16BE(2)]).toEqual([0x12, bytes.length]); // the prelogin, and nothing else
    expect(await read('select 1 as id', ['id'], open({ port, encrypt: false }))).toEqual([['1']]);
  });

  test('a certificate of an authority that is not trusted is refused; one of ca is accepted', async () => {
    const pem = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    const own = await another({
      certificate: { key: pem.private, cert: pem.cert },
      requireEncryption: true,
    });
    await expect(open({ port: own.port, encrypt: true })).rejects.toMatchObject({
      type: 'ConfigurationInvalid',
      message: expect.stringMatching(/not signed by a certificate authority/) as string,
    });
    expect(
      await read('select 1 as id', ['id'], open({ port: own.port, encrypt: true, ca: pem.cert })),
    ).toEqual([['1']]);
  });

  test('the clock shows the current time of the warehouse', async () => {
    const warehouse = await open();
    const now = await warehouse.clock(new AbortController().signal);
    expect(Math.abs(now - Date.now())).toBeLessThan(60_000); // the server runs on this machine
    await warehouse.close();
  });

  test('nobody listens: the warehouse is unreachable, with the code of the network', async () => {
    const own = await startSqlServerShim();
    await own.close();
    await expect(open({ port: own.port })).rejects.toMatchObject({
      type: 'SourceUnavailable',
      message:
        'The warehouse (127.0.0.1) cannot be reached: ECONNREFUSED. Check its host and port, and the network between the worker and it.',
    });
  });

  test.each([-3, 3])(
    'a count of the server that differs from the rows fails the read itself: %i',
    async (difference) => {
      const miscounting = open({ fault: { kind: 'count', row: 1_000, difference } });
      await expect(read('select top 1000 id from numbers', ['id'], miscounting)).rejects.toMatchObject({
        type: 'SourceUnavailable',
        retryable: true,
      });
    },
  );

  test('a server that accepts a connection and stays silent is given up at the connect timeout', async () => {
    const mute = net.createServer((socket) => socket.on('error', () => undefined));
    onTestFinished(() => void mute.close());
    await once(mute.listen(0, '127.0.0.1'), 'listening');
    const { port } = mute.address() as net.AddressInfo;
    const target = {
      host: '127.0.0.1',
      port,
      database: 'shim',
      user: 'sa',
      password: 'secret',
      encrypt: true,
    };
    const source = { ...target, readOnlyIntent: false, statementTimeout: 1_500, reader: READER };
    await expect(openSqlServer(source, { connect: 300, short: 500 })).rejects.toMatchObject({
      type: 'SourceUnavailable',
      retryable: true,
    });
  });

  test('a server that falls silent between two rows ends the read soon', async () => {
    const proxy = await startSilentProxy({ host: '127.0.0.1', port: shim.port });
    onTestFinished(() => proxy.stop());
    const port = Number(new URL(proxy.through('postgres://127.0.0.1:1/')).port);
    const target = {
      host: '127.0.0.1',
      port,
      database: 'shim',
      user: 'sa',
      password: 'secret',
      encrypt: false,
    };
    const source = { ...target, readOnlyIntent: false, statementTimeout: 5_000, reader: READER };
    const warehouse = await openSqlServer(source, { connect: 10_000, short: 500 });
    const { signal } = new AbortController();
    const request = {
      segment: { query: 'select top 200000 id, padding from numbers' },
      columns: ['id', 'padding'],
      signal,
    };
    const consume = async () => {
      for await (const batch of (await warehouse.read(request)).batches) {
        expect(batch.length).toBeGreaterThan(0);
        proxy.hush();
      }
    };
    await expect(consume()).rejects.toMatchObject({ type: 'SourceUnavailable' });
    await warehouse.close();
  });
});
