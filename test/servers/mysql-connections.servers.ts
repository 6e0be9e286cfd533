import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openMysql } from '../../warehouse/mysql/open.ts';
import type { Timeouts } from '../../warehouse/timeouts.ts';
import { makeCertificates, type Certificates } from '../support/certificates.ts';
import { startSilentProxy, type SilentProxy } from '../support/silent-proxy.ts';
import { failureOf } from '../support/failure-of.ts';
import { READER, readAll } from '../warehouse/reading.ts';
import { startShop, type MysqlShop } from './setup/mysql-shop.ts';

const SOON: Timeouts = { connect: 500, short: 500, beyond: 500 };
const SILENT = {
  type: 'SourceUnavailable',
  retryable: true,
  message:
    'The warehouse (SHOP_URL) cannot be reached: no answer before the timeout. Check its host and port, and the network between the worker and it.',
};

let shop: MysqlShop;
let folder: string;
let certificates: Certificates;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actito-sync-mysql-tls-'));
  await chmod(folder, 0o755); // the server runs as another user
  certificates = await makeCertificates(folder);
  shop = await startShop(100_000, certificates);
});
afterAll(async () => {
  await shop?.server.stop();
  await rm(folder, { recursive: true });
});

function open(url: string, timeouts?: Timeouts) {
  return openMysql({ url, variable: 'SHOP_URL', statementTimeout: 1_000, reader: READER }, timeouts);
}

async function proxied(): Promise<SilentProxy> {
  const proxy = await startSilentProxy(shop.server);
  onTestFinished(() => proxy.stop());
  return proxy;
}

describe('a MySQL server that is silent', () => {
  const read = async (proxy: SilentProxy, timeouts?: Timeouts) =>
    readAll(await open(`${proxy.through(shop.url)}?sslmode=disable`, timeouts), 'select 1 as id', ['id']);

  test('makes a read fail soon, whatever message was sent last', async () => {
    const whole = await proxied();
    expect((await read(whole)).lines).toEqual([['1']]);
    const GOODBYE = 5; // the message that ends the session
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

  test('makes a read fail soon if the silence begins between two rows', async () => {
    const proxy = await proxied();
    const warehouse = await open(proxy.through(shop.url), SOON);
    const read = await warehouse.read({
      segment: { query: "select i as id, repeat('x', 1000) as padding from numbers" },
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
});

test('a URL can name the Unix socket of the server', async () => {
  const url = new URL(shop.url);
  url.host = 'nowhere.invalid';
  url.searchParams.set('socket', shop.server.socket!);
  expect((await readAll(await open(url.href), 'select 1 as id', ['id'])).rows).toBe(1);
});

test('connect_timeout of the URL limits the login', async () => {
  const proxy = await proxied();
  proxy.hushAfter(1);
  const login = open(`${proxy.through(shop.url)}?connect_timeout=1`, { ...SOON, connect: 600_000 });
  await expect(login).rejects.toMatchObject(SILENT);
});

/** What a login sends to the server. */
async function sentBy(login: (url: string) => Promise<unknown>): Promise<Buffer> {
  const sent: Buffer[] = [];
  const between = createServer((client) => {
    const server = connect(shop.server.port, shop.server.host);
    client.on('data', (chunk) => sent.push(chunk));
    client.pipe(server).pipe(client);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void between.close());
  await once(between, 'listening');
  const url = new URL(shop.url);
  url.port = String((between.address() as AddressInfo).port);
  await login(url.href);
  return Buffer.concat(sent);
}

test('the server cannot ask for files of this machine', async () => {
  const LOCAL_FILES = 0x80; // a capability, in the first message after the four bytes of its header
  const sent = await sentBy(async (url) => (await open(`${url}?sslmode=disable`)).close());
  expect(sent.readUInt32LE(4) & LOCAL_FILES).toBe(0);
});

test('TLS begins with the name of the server, which some proxies need, but not with an address', async () => {
  const login = (host: string) => async (url: string) =>
    (await open(`${url.replace('127.0.0.1', host)}?sslmode=require`)).close();
  expect((await sentBy(login('localhost'))).includes('localhost')).toBe(true);
  expect((await sentBy(login('127.0.0.1'))).includes('127.0.0.1')).toBe(false);
});

describe('TLS of a MySQL server', () => {
  const through = (search: string, host = 'localhost') => {
    const url = new URL(shop.url);
    url.hostname = host;
    url.search = search;
    return url.href;
  };
  const cipher = async (search: string, host?: string) => {
    const warehouse = await open(through(search, host));
    const query =
      "select variable_value as cipher from information_schema.session_status where variable_name = 'Ssl_cipher'";
    const [line] = (await readAll(warehouse, query, ['cipher'])).lines;
    return line![0];
  };
  const refusal = (search: string, host?: string) => failureOf(cipher(search, host));

  test('is used if the server has it, and verified if the URL says so', async () => {
    expect(await cipher('')).toMatch(/^TLS_|^ECDHE/);
    expect(await cipher('?sslmode=require')).toMatch(/^TLS_|^ECDHE/);
    expect(await cipher(`?sslmode=verify-full&sslrootcert=${certificates.ca}`)).toMatch(/^TLS_|^ECDHE/);
    expect(await cipher(`?ssl-mode=VERIFY_CA&ssl-ca=${certificates.ca}`, '127.0.0.1')).toMatch(
      /^TLS_|^ECDHE/,
    );
    expect(await cipher('?sslmode=disable')).toBe('');
  });

  test('refuses an authority that is not trusted, and a certificate for another name or address', async () => {
    expect((await refusal('?sslmode=verify-full')).message).toMatch(/not signed by a certificate authority/);
    expect((await refusal(`?sslrootcert=${certificates.other}`)).message).toMatch(/not signed by/);
    const name = await refusal(`?sslrootcert=${certificates.ca}`, '127.0.0.1');
    expect(name).toMatchObject({ type: 'ConfigurationInvalid' });
    expect(name.message).toMatch(/certificate is for another host/);
    expect((await refusal('?sslrootcert=/nowhere.pem')).message).toMatch(/sslrootcert.*ENOENT/);
  });

  test('presents the certificate of the client to a server that requires one', async () => {
    const { ca, client } = certificates;
    await shop.server.admin('alter user reader require x509');
    try {
      expect((await refusal(`?sslrootcert=${ca}`)).message).toMatch(/rejected the login/);
      const own = `sslrootcert=${ca}&sslcert=${client.cert}&sslkey=${client.key}`;
      expect(await cipher(`?${own}`)).toMatch(/^TLS_|^ECDHE/);
    } finally {
      await shop.server.admin('alter user reader require none');
    }
  });

  test('that ends in the middle of a read makes it fail', async () => {
    const proxy = await proxied();
    const warehouse = await open(proxy.through(through('?sslmode=require')), SOON);
    const segment = { query: "select i as id, repeat('x', 1000) as padding from numbers" };
    const { signal } = new AbortController();
    const read = await warehouse.read({ segment, columns: ['id', 'padding'], signal });
    const consume = async () => {
      for await (const batch of read.batches) {
        expect(batch.length).toBeGreaterThan(0);
        proxy.stop();
      }
    };
    await expect(consume()).rejects.toMatchObject({ type: 'SourceUnavailable', retryable: true });
    await warehouse.close();
  });

  test('is required by sslmode, so a server without it is refused; by default it is not', async () => {
    await shop.server.admin("set global require_secure_transport = 'on'");
    try {
      const error = await refusal('?sslmode=disable');
      expect(error).toMatchObject({ type: 'ConfigurationInvalid' });
      expect(error.message).toMatch(/rejected the login.*sslmode/);
    } finally {
      await shop.server.admin("set global require_secure_transport = 'off'");
    }
    const plain = await startShop(1);
    onTestFinished(() => plain.server.stop());
    const error = await failureOf(open(`${plain.url}?sslmode=require`));
    expect(error).toMatchObject({ type: 'ConfigurationInvalid' });
    expect(error.message).toMatch(/the server does not support TLS/);
    expect((await readAll(await open(plain.url), 'select 1 as id', ['id'])).lines).toEqual([['1']]);
  });
});
