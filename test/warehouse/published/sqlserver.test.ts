import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openSqlServer } from '../../../warehouse/sqlserver/open.ts';
import { READER, readAll } from '../reading.ts';

/** Types of messages of [MS-TDS] 2.2.3.1.1. */
const [BATCH, LOGIN, PRELOGIN] = [0x01, 0x10, 0x12];

/** The example bytes that answer messages of a type, one after the other; the last ones stay. */
const answersOf = () =>
  new Map([
    [PRELOGIN, [bytesOf('prelogin-response')]],
    [LOGIN, [bytesOf('login-response')]],
    [BATCH, [bytesOf('done'), bytesOf('batch-response')]], // tedious itself sends the first one, with its settings
  ]);

function bytesOf(name: string): Buffer {
  const text = readFileSync(new URL(`sqlserver/${name}.hex`, import.meta.url), 'utf8');
  return Buffer.from(text.replace(/#.*/g, '').replace(/\s/g, ''), 'hex');
}

/** Answers each message that is complete; those of a login and of our statements fit into one packet. */
async function startServer(): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const answers = answersOf();
    socket.on('data', (packet) => {
      const due = answers.get(packet[0]!)!;
      socket.write(due.length > 1 ? due.shift()! : due[0]!);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

test('the example answers of [MS-TDS] are a login, a column and a counted row', async () => {
  const target = { host: '127.0.0.1', port: await startServer(), database: 'shop', user: 'reader' };
  const login = { password: 'hunter2', encrypt: false, readOnlyIntent: false };
  const warehouse = await openSqlServer({ ...target, ...login, statementTimeout: 60_000, reader: READER });
  const { columns, lines, rows } = await readAll(warehouse, "select 'Zoe' as name", ['name']);
  expect(columns).toMatchObject([{ name: 'name', kind: 'text', databaseType: 'varchar(3)' }]);
  expect(lines).toEqual([['Zoe']]);
  expect(rows).toBe(1);
});
