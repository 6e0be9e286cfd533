import dgram from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openSqlServer } from '../../warehouse/sqlserver/open.ts';
import { READER, readAll } from './reading.ts';
import { readLogin } from './shims/sqlserver/login.ts';
import { another, open, recorded, shim, startShim } from './sqlserver-opening.ts';

const { signal } = new AbortController();
const MANY = {
  segment: { query: 'select top 400000 id, padding from numbers' },
  columns: ['id', 'padding'],
  signal,
};

/** The UDP port of SQL Server Browser. */
const BROWSER = 1434;

/* What a session of SQL Server tells the server, and how it ends. */

describe('a session of SQL Server', () => {
  beforeAll(startShim);
  afterAll(() => shim.close());

  const target = { host: '127.0.0.1', database: 'shim', user: 'sa', password: 'secret', encrypt: false };

  test.each([true, false])(
    'names itself, its database and its intent (read-only: %s)',
    async (readOnlyIntent) => {
      const { port, bytes } = await recorded();
      const reader = { ...READER, activation: 'v'.repeat(200) };
      const source = { ...target, port, readOnlyIntent, statementTimeout: 60_000, reader };
      await (await openSqlServer(source)).close();
      const prelogin = bytes().readUInt16BE(2);
      const login = bytes().subarray(prelogin + 8);
      const { application, database } = readLogin(login);
      expect({ application, database }).toEqual({
        application: `actito-sync ${'v'.repeat(116)}`,
        database: 'shim',
      });
      expect((login[26]! & 0x20) !== 0).toBe(readOnlyIntent); // fReadOnlyIntent of TypeFlags, [MS-TDS] 2.2.6.4
    },
  );

  test('reads in one transaction that counts all rows, and commits it', async () => {
    const { port, bytes } = await recorded();
    const warehouse = await open({ port });
    await warehouse.look({ query: 'select 1', setting: 'guards.freshness', signal });
    await readAll(warehouse, 'select 1 as id', ['id']);
    const sent = [
      'set nocount off; set rowcount 0',
      'set transaction isolation level snapshot; begin transaction',
      'commit transaction',
    ].map((text) => times(bytes(), text));
    expect(sent).toEqual([1, 1, 1]);
  });

  test('guarantees one state of the data per query with read_committed_snapshot alone, without a transaction', async () => {
    const own = await another({ snapshotIsolation: false });
    await own.execute('update sys.databases set is_read_committed_snapshot_on = true');
    const warehouse = await open({ port: own.port });
    expect(warehouse.guarantees.snapshot).toBe('statement');
    expect((await readAll(warehouse, 'select 1 as id', ['id'])).lines).toEqual([['1']]);
  });

  test('answers a guard whose expression has no name and a quote', async () => {
    const warehouse = await open();
    const query = "select max('it''s')";
    expect(await warehouse.look({ query, setting: 'guards.freshness', signal })).toMatchObject({
      value: "it's",
    });
    await warehouse.close();
  });

  test('reads a table of a schema', async () => {
    await shim.execute('create schema marketing; create table marketing.people as select 7 as id');
    const read = await readAll(await open(), { table: 'marketing.people' }, ['id']);
    expect(read.lines).toEqual([['7']]);
  });

  test('is not asked for more rows while the reader pauses', async () => {
    const warehouse = await open();
    const batches = (await warehouse.read(MANY)).batches[Symbol.asyncIterator]();
    await batches.next();
    await sleep(1_000);
    const { value } = (await batches.next()) as { value: Buffer };
    expect(value.length).toBeLessThan(512 * 1024);
    await warehouse.close();
  });

  test('is canceled at the statement timeout, also if the reader pauses', async () => {
    const warehouse = await open({ statementTimeout: 2_000 });
    const consume = async () => {
      for await (const batch of (await warehouse.read(MANY)).batches) {
        expect(batch.length).toBeGreaterThan(0);
        await sleep(2_100);
      }
    };
    await expect(consume()).rejects.toMatchObject({
      type: 'SegmentQueryFailed',
      message: expect.stringMatching(/canceled after 2s/) as string,
    });
    expect(shim.running()).toEqual([]);
    await warehouse.close();
  });

  test('is read to its last row, then canceled: the read fails', async () => {
    const controller = new AbortController();
    const own = await another({ snapshotIsolation: false }); // with a transaction, its commit fails, too
    const warehouse = await open({ port: own.port });
    const request = { segment: { query: 'select 1 as id' }, columns: ['id'], signal: controller.signal };
    const batches = (await warehouse.read(request)).batches[Symbol.asyncIterator]();
    expect(String((await batches.next()).value)).toBe('1\n');
    controller.abort(new Error('enough of it'));
    await expect(batches.next()).rejects.toThrow('enough of it');
    await warehouse.close();
  });

  test('finds the port of a named instance by SQL Server Browser, and says if the instance is not named there', async () => {
    const browser = dgram.createSocket('udp4');
    onTestFinished(() => void browser.close());
    browser.on('message', (_, { port, address }) => {
      const text = `ServerName;SHOP;InstanceName;REPORTING;IsClustered;No;Version;16.0.1000.6;tcp;${shim.port};;`;
      const head = Buffer.from([5, text.length & 255, text.length >> 8]);
      browser.send(Buffer.concat([head, Buffer.from(text)]), port, address);
    });
    await once(browser.bind(0, '127.0.0.1'), 'listening');
    const { port: browserPort } = browser.address();
    let lookups = 0;
    const create = dgram.createSocket.bind(dgram) as (type: dgram.SocketType) => dgram.Socket;
    onTestFinished(() => void vi.restoreAllMocks());
    vi.spyOn(dgram, 'createSocket').mockImplementation((type) => {
      const socket = create(type as unknown as dgram.SocketType);
      const send = socket.send.bind(socket) as (...args: unknown[]) => void;
      socket.send = (...args: unknown[]) => {
        if (args.includes(BROWSER)) lookups += 1;
        send(...args.map((argument) => (argument === BROWSER ? browserPort : argument)));
      };
      return socket;
    });
    const source = { ...target, readOnlyIntent: false, statementTimeout: 60_000, reader: READER };
    const warehouse = await openSqlServer({ ...source, instance: 'reporting' });
    expect((await readAll(warehouse, 'select 1 as id', ['id'])).lines).toEqual([['1']]);
    expect(lookups).toBeGreaterThan(0);
    await expect(openSqlServer({ ...source, instance: 'OTHER' })).rejects.toMatchObject({
      type: 'SourceUnavailable',
      message: expect.stringContaining(
        'cannot be reached: SQL Server Browser (UDP 1434) does not name the instance',
      ) as string,
    });
  });

  test('needs tedious, and says how to install it', async () => {
    onTestFinished(() => void vi.doUnmock('tedious'));
    vi.doMock('tedious', () => {
      throw Object.assign(new Error("Cannot find package 'tedious'"), { code: 'ERR_MODULE_NOT_FOUND' });
    });
    await expect(open()).rejects.toMatchObject({
      type: 'ConfigurationInvalid',
      message: expect.stringContaining('Run npm install tedious where the worker is installed') as string,
    });
  });
});

function times(bytes: Buffer, text: string): number {
  const sought = Buffer.from(text, 'utf16le');
  let count = 0;
  for (let at = bytes.indexOf(sought); at >= 0; at = bytes.indexOf(sought, at + 1)) count += 1;
  return count;
}
