import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectTemporal } from '../../client/connect.ts';
import { temporalSettings } from '../../config/temporal-variables.ts';
import { temporalTlsFailure } from '../../config/temporal-tls.ts';
import { temporalAddress } from '../setup/servers.ts';
import { makeCertificates, type Certificates } from '../support/certificates.ts';

/* Temporal behind TLS with an authority of its own, which asks for a client's certificate. */

let files: Certificates;
let port: number;
let plain: { host: string; port: number };
const ends: (() => Promise<unknown> | void)[] = [];
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-tls-'));
  ends.push(() => rm(folder, { recursive: true }));
  files = await makeCertificates(folder);
  const [host, number] = temporalAddress().split(':') as [string, string];
  plain = { host, port: Number(number) };
  const [key, cert, ca] = await Promise.all(
    [files.server.key, files.server.cert, files.ca].map((file) => readFile(file)),
  );
  const proxy = createServer({ key, cert, ca, requestCert: true, ALPNProtocols: ['h2'] }, (client) => {
    const server = connect(plain);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const)
      from.on('error', () => to.destroy()).pipe(to);
  });
  const sockets = new Set<Socket>();
  proxy.on('connection', (socket) => sockets.add(socket));
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  ends.push(() => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
  port = (proxy.address() as AddressInfo).port;
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/**
 * The settings for Temporal: the address is that of the proxy, and the certificates are right, except for the
 * changes.
 */
function settings(changes: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  return {
    TEMPORAL_ADDRESS: `localhost:${port}`,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: files.ca,
    TEMPORAL_TLS_CLIENT_CERT_PATH: files.client.cert,
    TEMPORAL_TLS_CLIENT_KEY_PATH: files.client.key,
    ...changes,
  };
}

const failureOf = (env: Record<string, string | undefined>) =>
  temporalTlsFailure(temporalSettings(env).connectionOptions);

test('command line and worker connect with the certificates of the variables', async () => {
  const client = await connectTemporal(settings());
  expect(await client.workflow.count('Activation = "none"')).toMatchObject({ count: 0 });
  await client.connection.close();
  const named = settings({ TEMPORAL_ADDRESS: `127.0.0.1:${port}`, TEMPORAL_TLS_SERVER_NAME: 'localhost' });
  for (const env of [settings(), named]) {
    const worker = await NativeConnection.connect(temporalSettings(env).connectionOptions);
    await worker.workflowService.getSystemInfo({});
    await worker.close();
    expect(await failureOf(env)).toBeUndefined();
  }
});

test('an error names what prevents TLS, and the variable to set', async () => {
  const noClient = { TEMPORAL_TLS_CLIENT_CERT_PATH: undefined, TEMPORAL_TLS_CLIENT_KEY_PATH: undefined };
  const cases: [Record<string, string | undefined>, RegExp][] = [
    [
      { TEMPORAL_TLS_SERVER_CA_CERT_PATH: files.other },
      /this machine trusts.*TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
    ],
    [
      { TEMPORAL_TLS_SERVER_CA_CERT_PATH: undefined },
      /this machine trusts.*TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
    ],
    [{ TEMPORAL_ADDRESS: `127.0.0.1:${port}` }, /another host.*TEMPORAL_TLS_SERVER_NAME/],
    [noClient, /requires a client certificate.*TEMPORAL_TLS_CLIENT_CERT_PATH/],
    [{ TEMPORAL_ADDRESS: `${plain.host}:${plain.port}` }, /no TLS version or cipher.*unset TEMPORAL_TLS/],
  ];
  for (const [changes, message] of cases) {
    expect(await failureOf(settings(changes))).toMatchObject({
      type: 'ConfigurationInvalid',
      message: expect.stringMatching(message) as string,
    });
  }
});

test('a server that expects TLS is distinguished from an absent one, and TLS is only mentioned when it is the cause', async () => {
  expect(await failureOf({ TEMPORAL_ADDRESS: `localhost:${port}` })).toMatchObject({
    told: { reason: 'temporalWantsTls' },
  });
  expect(await failureOf({ TEMPORAL_ADDRESS: temporalAddress() })).toBeUndefined();
  expect(await failureOf(settings({ TEMPORAL_ADDRESS: 'localhost:1' }))).toBeUndefined();
});

test('the command line reports the TLS problem instead of a server that is not responding', async () => {
  const connecting = connectTemporal(settings({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: files.other }));
  await expect(connecting).rejects.toMatchObject({
    told: { reason: 'temporalTlsRefused', facts: { fault: 'untrusted' } },
  });
});
