import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openPostgres } from '../../warehouse/postgres/open.ts';
import type { Timeouts } from '../../warehouse/timeouts.ts';
import { freshDatabase, type TestDatabase } from '../setup/servers.ts';
import { startSilentProxy, type SilentProxy } from '../support/silent-proxy.ts';
import { READER, readAll } from './reading.ts';

/* A warehouse behind a proxy that keeps the connection open, and forwards nothing any more. */

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase('silent');
});
afterAll(() => database?.dispose());

const SOON: Timeouts = { connect: 500, short: 500, beyond: 500 };
const SILENT = {
  type: 'SourceUnavailable',
  retryable: true,
  message:
    'The warehouse (SHOP_URL) cannot be reached: no answer before the timeout. Check its host and port, and the network between the worker and it.',
};

async function proxied(): Promise<SilentProxy> {
  const { hostname: host, port } = new URL(database.url);
  const proxy = await startSilentProxy({ host, port: Number(port) });
  onTestFinished(() => proxy.stop());
  return proxy;
}

function open(proxy: SilentProxy, timeouts?: Timeouts) {
  const url = proxy.through(database.url);
  return openPostgres({ url, variable: 'SHOP_URL', statementTimeout: 1_000, reader: READER }, timeouts);
}

async function read(proxy: SilentProxy, timeouts?: Timeouts) {
  return readAll(await open(proxy, timeouts), 'select 1 as id', ['id']);
}

test('a read of a silent warehouse ends soon, whatever message was sent last', async () => {
  const whole = await proxied();
  expect((await read(whole)).lines).toEqual([['1']]);
  const GOODBYE = 5; // the message that ends the session, after the commit
  const last = whole.forwarded - GOODBYE;
  const limits = Array.from({ length: 16 }, (_, i) => Math.max(1, Math.round((last * i) / 15)));
  await Promise.all(
    limits.map(async (bytes) => {
      const proxy = await proxied();
      proxy.hushAfter(bytes);
      await expect(read(proxy, SOON), `after ${bytes} of ${last} bytes`).rejects.toMatchObject(SILENT);
    }),
  );
});

test('a read ends soon if the silence begins between two rows', async () => {
  const proxy = await proxied();
  const warehouse = await open(proxy, SOON);
  const read = await warehouse.read({
    segment: { query: "select i as id, repeat('x', 1000) as padding from generate_series(1, 100000) i" },
    columns: ['id', 'padding'],
    signal: new AbortController().signal,
  });
  const consume = async () => {
    for await (const batch of read.batches) {
      expect(batch.length).toBeGreaterThan(0);
      proxy.hush();
    }
  };
  await expect(consume()).rejects.toMatchObject(SILENT);
  await warehouse.close();
});

test('slow rows do not count as silence', async () => {
  const url = database.url;
  const timeouts = { short: 2_000, beyond: 2_000 - 60_000 };
  const warehouse = await openPostgres(
    { url, variable: 'SHOP_URL', statementTimeout: 60_000, reader: READER },
    timeouts,
  );
  // All of them fit into one batch, and it takes twice as long as the silence limit.
  const query =
    "select i as id, repeat('x', 2000) as padding from (select i, pg_sleep(0.2) from generate_series(1, 20) i offset 0) slow";
  expect((await readAll(warehouse, query, ['id', 'padding'])).lines).toHaveLength(20);
});

test('a server that accepts a connection and stays silent is given up within the connect timeout of the URL', async () => {
  const mute = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  onTestFinished(() => void mute.close());
  await once(mute, 'listening');
  const { port } = mute.address() as AddressInfo;
  const url = `postgres://u:p@127.0.0.1:${port}/shop?connect_timeout=1`;
  const opened = openPostgres({ url, variable: 'SHOP_URL', statementTimeout: 60_000, reader: READER });
  await expect(opened).rejects.toMatchObject(SILENT);
});
