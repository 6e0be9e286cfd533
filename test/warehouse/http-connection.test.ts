import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { shortText } from '../../warehouse/http/answer.ts';
import { HttpConnection } from '../../warehouse/http/connection.ts';
import { httpTarget } from '../../warehouse/http/target.ts';
import { TIMEOUTS } from '../../warehouse/timeouts.ts';
import { makeCertificates } from '../support/certificates.ts';

test('a server behind the proxy of the environment is checked by the authority of the URL', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'proxied-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const certificates = await makeCertificates(folder);
  const { cert, key } = certificates.server;
  const server = createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) }, (_, response) =>
    response.end('rows'),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const seen: unknown[] = [];
  const proxy = createServer()
    .on('connect', ({ url = '', headers }, client) => {
      seen.push([url, headers['proxy-authorization']]);
      client.on('error', () => undefined);
      const upstream = connect(Number(url.split(':')[1]), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        client.pipe(upstream).pipe(client);
      });
    })
    .listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    server.close();
    proxy.close();
    vi.unstubAllEnvs();
  });
  const { port } = proxy.address() as AddressInfo;
  for (const name of ['no_proxy', 'NO_PROXY']) vi.stubEnv(name, '');
  for (const name of ['https_proxy', 'HTTPS_PROXY']) vi.stubEnv(name, `http://a%40b:p%3Aw@127.0.0.1:${port}`);
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;

  const ask = async (ca: string) => {
    const connection = new HttpConnection(httpTarget(`${origin}/?sslrootcert=${ca}`, 'URL', ''), TIMEOUTS);
    try {
      return await shortText(await connection.request({ method: 'GET', url: '/', silence: 30_000 }));
    } finally {
      await connection.close();
    }
  };
  expect(await ask(certificates.ca)).toBe('rows');
  const login = `Basic ${Buffer.from('a@b:p:w').toString('base64')}`;
  expect(seen).toEqual([[origin.replace('https://', ''), login]]);
  await expect(ask(certificates.other)).rejects.toMatchObject({
    code: expect.stringMatching(/CERT|SIGNATURE/),
  });
});
