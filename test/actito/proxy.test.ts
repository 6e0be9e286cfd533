import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startImport } from '../../actito/imports/start.ts';
import { profileTablesBody } from '../../actito/contract.ts';
import { createCertificate } from '../../simulator/transfer/certificate.ts';
import { startConnectProxy, type ConnectProxy } from './connect-proxy.ts';
import { clientFor, failureOf, json, startScripted, USUAL_PARTS, type ScriptedServer } from './support.ts';

/* The environment of the worker names a proxy, in the same way as for curl and most other tools. */

const TABLES = { route: 'profileTables', parts: { entity: 'shop' } } as const;
const ACCOUNT = 'sync:p%40ss-word';

let server: ScriptedServer;
let proxy: ConnectProxy | undefined;
beforeEach(async () => {
  server = await startScripted(json(200, []));
});
afterEach(async () => {
  await proxy?.stop();
  proxy = undefined;
  await server.stop();
});

const port = () => Number(new URL(server.apiUrl).port);
/** An address that only the proxy can resolve. */
const elsewhere = () => ({ apiUrl: `http://actito.invalid:${port()}`, apiKey: server.apiKey });
const withAccount = (url: string) => url.replace('//', `//${ACCOUNT}@`);
const call = (api: { apiUrl: string; apiKey: string }, env: NodeJS.ProcessEnv) => {
  const client = clientFor(api, { env });
  return { client, answer: client.call(TABLES, profileTablesBody) };
};

describe('a proxy', () => {
  test.each(['HTTP_PROXY', 'http_proxy'])('in %s handles all calls, with its credentials', async (name) => {
    proxy = await startConnectProxy({ leadsTo: port() });
    const { client, answer } = call(elsewhere(), { [name]: withAccount(proxy.url) });
    expect(await answer).toEqual([]);
    expect(server.requests).toEqual([
      'GET /auth/token',
      'GET /profile-table-structure/v5/entities/shop/profile-tables',
    ]);
    expect(new Set(proxy.asked.map(({ to }) => to))).toEqual(new Set([`actito.invalid:${port()}`]));
    expect(proxy.asked[0]!.credentials).toBe('sync:p@ss-word');
    expect(client.proxy).toBe(proxy.host);
  });

  test('may be named without http://', async () => {
    proxy = await startConnectProxy({ leadsTo: port() });
    expect(await call(elsewhere(), { HTTP_PROXY: proxy.host }).answer).toEqual([]);
  });

  test('for HTTPS is asked for HTTPS', async () => {
    proxy = await startConnectProxy({ refuse: 502 });
    const api = { apiUrl: 'https://actito.invalid', apiKey: server.apiKey };
    await failureOf(call(api, { HTTPS_PROXY: proxy.url, HTTP_PROXY: 'http://127.0.0.1:9' }).answer);
    expect(proxy.asked).toEqual([{ to: 'actito.invalid:443', credentials: undefined }]);
  });

  test.each(['127.0.0.1', 'example.com, 127.0.0.1', '*'])('is not used for NO_PROXY=%s', async (none) => {
    proxy = await startConnectProxy();
    const { client, answer } = call(server, { HTTP_PROXY: proxy.url, NO_PROXY: none });
    expect(await answer).toEqual([]);
    expect(proxy.asked).toEqual([]);
    expect(client.proxy).toBeUndefined();
  });

  test('passes a file on', async () => {
    await server.stop();
    let received = 0;
    server = await startScripted((request, response) => {
      request.on('data', (part: Buffer) => (received += part.length));
      request.on('end', () => json(201, { id: '42' })(request, response));
    });
    proxy = await startConnectProxy({ leadsTo: port() });
    const part = Buffer.alloc(100_000);
    const file = {
      bytes: 50 * part.length,
      packing: 'none' as const,
      rows: 1,
      read: async function* () {
        for (let n = 0; n < 50; n++) yield part;
      },
      close: async () => undefined,
    };
    const id = await startImport(clientFor(elsewhere(), { env: { HTTP_PROXY: proxy.url } }), {
      entity: 'shop',
      by: { etl: '1' },
      fileName: 'vip.csv',
      parts: USUAL_PARTS,
      file,
      beforeEnd: async () => undefined,
    });
    expect(id).toBe('42');
    expect(received).toBeGreaterThan(5_000_000);
  });
});

describe('a failure of the proxy is reported as its own, without its credentials', () => {
  const told = async (settings: NodeJS.ProcessEnv) => {
    const failure = await failureOf(call(elsewhere(), settings).answer);
    expect(failure.notDone).toBe(true);
    expect(JSON.stringify([failure.message, failure.told])).not.toMatch(/sync|p@ss|p%40ss/);
    return failure;
  };

  test.each([
    [407, 'ConfigurationInvalid', 'proxyRefuses'],
    [403, 'ConfigurationInvalid', 'proxyRefuses'],
    [429, 'ActitoUnavailable', 'proxyFailed'],
    [502, 'ActitoUnavailable', 'proxyFailed'],
  ])('if it answers %i', async (refuse, type, reason) => {
    proxy = await startConnectProxy({ refuse });
    const failure = await told({ HTTP_PROXY: withAccount(proxy.url) });
    expect(failure).toMatchObject({ type, told: { reason, facts: { proxy: proxy.host, status: refuse } } });
  });

  test('if nothing listens at its address', async () => {
    proxy = await startConnectProxy();
    const { url, host } = proxy;
    await proxy.stop();
    proxy = undefined;
    const failure = await told({ HTTP_PROXY: withAccount(url) });
    const facts = { proxy: host, error: 'ECONNREFUSED' };
    expect(failure).toMatchObject({ type: 'ActitoUnavailable', told: { reason: 'proxyUnreachable', facts } });
  });

  test('if it cannot reach Actito', async () => {
    proxy = await startConnectProxy({ leadsTo: 9 });
    const failure = await told({ HTTP_PROXY: withAccount(proxy.url) });
    expect(failure).toMatchObject({ type: 'ActitoUnavailable', told: { facts: { proxy: proxy.host } } });
  });

  test.each(['http://', 'socks5://proxy.example.com', 'http://sync:p@ss:word:1', 'http://sync:50%p@ss@h'])(
    'if its address is invalid: %s',
    (value) => {
      for (const variable of ['HTTPS_PROXY', 'HTTP_PROXY']) {
        const build = () => clientFor(server, { env: { [variable]: value } });
        expect(build).toThrow(expect.objectContaining({ type: 'ConfigurationInvalid' }) as Error);
        expect(build).toThrow(variable);
        expect(build).not.toThrow(/p@ss|proxy\.example\.com\b.*socks/);
      }
    },
  );
});

test.each(['straight', 'through a proxy'])(
  'an untrusted certificate ends the call permanently (%s)',
  async (way) => {
    const tls = createServer(await createCertificate(['127.0.0.1']), (_, response) => response.end('[]'));
    await once(tls.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void tls.close());
    proxy = await startConnectProxy();
    const api = { apiUrl: `https://127.0.0.1:${(tls.address() as AddressInfo).port}`, apiKey: server.apiKey };
    const failure = await failureOf(call(api, way === 'straight' ? {} : { HTTPS_PROXY: proxy.url }).answer);
    expect(proxy.asked).toHaveLength(way === 'straight' ? 0 : 1);
    expect(failure).toMatchObject({ type: 'ConfigurationInvalid', retryable: false, notDone: true });
    expect(failure.told).toMatchObject({
      reason: 'actitoUntrusted',
      facts: { error: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
  },
);

test('a call that waits too long for a proxy ends with its timeout', async () => {
  proxy = await startConnectProxy({ silent: true });
  const client = clientFor(elsewhere(), { env: { HTTP_PROXY: proxy.url }, timeouts: { answer: 300 } });
  const failure = await failureOf(client.call(TABLES, profileTablesBody));
  expect(failure).toMatchObject({ type: 'ActitoUnavailable', notDone: true });
});
