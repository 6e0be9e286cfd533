import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, createServer as createTcp, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readAll } from './reading.ts';
import { openShim } from './bigquery-place.ts';
import { startBigqueryShim, type BigqueryShim } from './shims/bigquery/shim.ts';

describe('BigQuery that does not answer as it should', () => {
  let shim: BigqueryShim;
  const closers: (() => unknown)[] = [];
  beforeEach(async () => {
    shim = await startBigqueryShim();
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
    await shim.close();
  });

  test('an answer that is no JSON is unreadable', async () => {
    const portal = createServer((_, outgoing) => outgoing.end('<html>secret</html>'));
    portal.listen(0, '127.0.0.1');
    await once(portal, 'listening');
    closers.push(() => portal.close());
    const url = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`;
    const warehouse = await openShim({ ...shim, url }, 'rest');
    await expect(readAll(warehouse, 'select 1 as id', ['id'])).rejects.toMatchObject({
      type: 'SourceUnavailable',
      message: expect.stringContaining('Expected: JSON of BigQuery') as string,
    });
  });

  describe('a Storage Read API that never answers', () => {
    let silent: Server;
    beforeEach(async () => {
      silent = createTcp((socket) => socket.on('error', () => undefined));
      silent.listen(0, '127.0.0.1');
      await once(silent, 'listening');
      closers.push(() => silent.close());
    });
    const open = (answer: number) => {
      const storageAddress = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
      return openShim({ ...shim, storageAddress }, 'storage', {}, { answer });
    };

    test('is unavailable', async () => {
      await expect(readAll(await open(2_000), 'select 1 as id', ['id'])).rejects.toMatchObject({
        type: 'SourceUnavailable',
      });
    });

    test('does not delay a cancellation', async () => {
      const controller = new AbortController();
      silent.once('connection', () => controller.abort(new Error('enough of it')));
      const read = readAll(await open(3_600_000), 'select 1 as id', ['id'], controller.signal);
      await expect(read).rejects.toThrow('enough of it');
    });
  });

  test('a server that never answers is unavailable', async () => {
    const silent = createTcp();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    closers.push(() => silent.close());
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const warehouse = await openShim({ ...shim, url }, 'rest', {}, { answer: 200, cancel: 200 });
    await expect(readAll(warehouse, 'select 1 as id', ['id'])).rejects.toMatchObject({
      type: 'SourceUnavailable',
    });
  });

  test('a port where nothing listens is unavailable', async () => {
    const warehouse = await openShim({ ...shim, url: 'http://127.0.0.1:1' }, 'rest');
    await expect(readAll(warehouse, 'select 1 as id', ['id'])).rejects.toMatchObject({
      type: 'SourceUnavailable',
      message: expect.stringContaining('BigQuery, project shop') as string,
    });
  });

  describe('a stream of rows that falls silent', () => {
    let proxy: Server;
    let fellSilent: () => void;
    const query = `select id, repeat('x', 100) as padding from unnest(generate_array(1, 200000)) as id`;
    beforeEach(async () => {
      fellSilent = () => undefined;
      proxy = createTcp((socket) => {
        const server = connect(Number(shim.storageAddress.split(':')[1]), '127.0.0.1');
        let size = 0;
        server.on('data', (piece) => {
          if ((size += piece.length) < 3_000_000) socket.write(piece);
          else {
            server.pause();
            fellSilent();
          }
        });
        socket.pipe(server);
        socket.on('error', () => server.destroy()).on('close', () => server.destroy());
        server.on('error', () => socket.destroy());
      });
      proxy.listen(0, '127.0.0.1');
      await once(proxy, 'listening');
      closers.push(() => proxy.close());
    });
    const open = (answer: number) => {
      const storageAddress = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      return openShim({ ...shim, storageAddress }, 'storage', {}, { answer });
    };

    test('makes the read fail', async () => {
      await expect(readAll(await open(5_000), query, ['id', 'padding'])).rejects.toMatchObject({
        type: 'SourceUnavailable',
      });
    });

    test('does not delay a cancellation', async () => {
      const controller = new AbortController();
      fellSilent = () => controller.abort(new Error('enough of it'));
      const read = readAll(await open(3_600_000), query, ['id', 'padding'], controller.signal);
      await expect(read).rejects.toThrow('enough of it');
    });
  });
});
