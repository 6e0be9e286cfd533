import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PostgresClient } from '../../postgres/client.ts';
import { databaseTarget } from '../../postgres/url.ts';
import { makeCertificates } from '../support/certificates.ts';

/* `channel_binding=require`, and a server that offers a login bound to the TLS connection and then continues differently. */

let folder: string;
let server: Server;
let script: Buffer[];
let received: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actito-sync-binding-'));
  const { cert, key } = (await makeCertificates(folder)).server;
  const tls = { cert: await readFile(cert), key: await readFile(key), ALPNProtocols: ['postgresql'] };
  server = createServer(tls, (socket: TLSSocket) => {
    const answers = [...script];
    socket.on('data', (data: Buffer) => {
      received += data.toString('latin1');
      const next = answers.shift();
      if (next) socket.write(next);
    });
    socket.on('error', () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

function message(type: string, ...parts: (number | string)[]): Buffer {
  const content = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : int32(part))),
  );
  return Buffer.concat([Buffer.from(type), int32(content.length + 4), content]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const OFFER = message('R', 10, 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', '');
const UNBOUND_OFFER = message('R', 10, 'SCRAM-SHA-256', '');
const CLEARTEXT = message('R', 3);
const MD5 = message('R', 5, 0x01020304);
const LOGGED_IN = Buffer.concat([message('R', 0), Buffer.from('Z\0\0\0\x05I', 'latin1')]);

test.each([
  ['requests the password', [OFFER, CLEARTEXT, LOGGED_IN]],
  ['requests the password as MD5', [OFFER, MD5, LOGGED_IN]],
  ['accepts the login without a proof', [OFFER, LOGGED_IN]],
  ['offers an unbound login', [OFFER, UNBOUND_OFFER, LOGGED_IN]],
  ['accepts the login without an offer', [LOGGED_IN]],
])('a server that %s is rejected, and gets no password', async (_, answers) => {
  [script, received] = [answers, ''];
  const { port } = server.address() as AddressInfo;
  const url = `postgres://reader:hunter2@127.0.0.1:${port}/shop?sslmode=require&sslnegotiation=direct&channel_binding=require`;
  const client = new PostgresClient({ target: databaseTarget(url, 'SHOP_URL') });
  client.on('error', () => undefined);
  const connected = client.connect().finally(() => client.end().catch(() => undefined));
  await expect(connected).rejects.toMatchObject({ code: 'ERR_POSTGRES_NO_BINDING' });
  expect(received).toContain('reader');
  expect(received).not.toMatch(/hunter2|md5/);
});
