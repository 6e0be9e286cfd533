import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connectSftp } from '../../actito/delivery/sftp.ts';
import type { FileServer } from '../../actito/delivery/file-server.ts';
import type { Simulator } from '../../simulator/start.ts';
import { generateKeyPair } from '../../simulator/transfer/host-key.ts';
import { describeDelivery } from './delivery-contract.ts';
import { loginOf, startSftpFixture } from './sftp-fixture.ts';

describeDelivery('SFTP', startSftpFixture);

const keys = generateKeyPair();
let simulator: Simulator;
beforeAll(async () => {
  ({ simulator } = await startSftpFixture({ publicKey: keys.public }));
});
afterAll(() => simulator?.stop());

const open: FileServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function connect(changes: object): Promise<FileServer> {
  const server = await connectSftp({ ...loginOf(simulator), ...changes }, new AbortController().signal);
  open.push(server);
  return server;
}

test('a private key logs in, without a password', async () => {
  const server = await connect({ password: undefined, privateKey: keys.private });
  expect(await server.names('/in')).toEqual([]);
});

test('a private key that the server does not know is rejected', async () => {
  const login = connect({ password: undefined, privateKey: generateKeyPair().private });
  await expect(login).rejects.toMatchObject({ name: 'DeliveryRefused' });
});

test('a server with another host key than the pinned one is rejected before it gets the password', async () => {
  const login = connect({ hostKeys: [`SHA256:${'A'.repeat(43)}`], password: 'never-sent' });
  await expect(login).rejects.toMatchObject({ name: 'DeliveryRefused', retryable: false });
  await expect(login).rejects.toThrow('delivery.hostKey');
  await expect(login).rejects.not.toThrow(/never-sent/);
});

test('the host key may have the padding that other tools print', async () => {
  const server = await connect({ hostKeys: [`${simulator.sftp.hostKey}=`] });
  expect(await server.names('/in')).toEqual([]);
});

test('an unreachable server is a temporary failure', async () => {
  const login = connect({ port: 1 });
  await expect(login).rejects.toMatchObject({ name: 'DeliveryUnavailable', retryable: true });
  await expect(login).rejects.toThrow('ECONNREFUSED');
});
