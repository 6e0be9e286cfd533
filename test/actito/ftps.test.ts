import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connectFileServer } from '../../actito/delivery/connect.ts';
import { connectFtps, type FtpsLogin } from '../../actito/delivery/ftps.ts';
import { type Simulator, startSimulator } from '../../simulator/start.ts';
import { createCertificate } from '../../simulator/transfer/certificate.ts';
import { describeDelivery } from './delivery-contract.ts';
import { lines } from './delivery-stand.ts';
import { ftpsLoginOf, startFtpsFixture } from './ftps-fixture.ts';
import { loginOf, NEVER } from './sftp-fixture.ts';

describeDelivery('FTPS', startFtpsFixture);

let simulator: Simulator;
beforeAll(async () => {
  ({ simulator } = await startFtpsFixture());
});
afterAll(() => simulator?.stop());

const others: Simulator[] = [];
afterEach(async () => {
  for (const other of others.splice(0)) await other.stop();
});

/** Logs in and closes again, to check whether a login works. */
async function login(changes: Partial<FtpsLogin> = {}): Promise<void> {
  const server = await connectFtps({ ...ftpsLoginOf(simulator), ...changes }, new AbortController().signal);
  await server.close();
}

/** The port of a server with another certificate, and that certificate. */
async function serverWith(names: string[], expires?: number): Promise<{ port: number; ca: string }> {
  const ftpsCertificate = await createCertificate(names, expires);
  const other = await startSimulator({ pollInterval: NEVER, ftpsPort: 0, ftpsCertificate });
  others.push(other);
  return { port: other.ftps!.port, ca: other.ftps!.ca };
}

test('the protocol of a login decides how to connect', async () => {
  for (const each of [loginOf(simulator), ftpsLoginOf(simulator)]) {
    const server = await connectFileServer(each, new AbortController().signal);
    expect(await server.names('/in')).toEqual([]);
    await server.close();
  }
});

test('a host name in the certificate is as good as the address', async () => {
  await expect(login({ host: 'localhost' })).resolves.toBeUndefined();
});

test('a server with a private certificate authority is rejected, and the error names delivery.ca', async () => {
  const refused = login({ ca: undefined, password: 'never-sent' });
  await expect(refused).rejects.toMatchObject({ name: 'DeliveryRefused', retryable: false });
  await expect(refused).rejects.toThrow("set delivery.ca to that CA's certificate");
});

test('a server whose certificate has changed is rejected, and the message says what that can mean', async () => {
  const { ca } = await serverWith(['127.0.0.1']);
  const refused = login({ ca });
  await expect(refused).rejects.toMatchObject({ name: 'DeliveryRefused', retryable: false });
  await expect(refused).rejects.toThrow('update delivery.ca. Otherwise, the connection may be intercepted');
});

test('a certificate for another host is rejected, and a command shows its names', async () => {
  const refused = login(await serverWith(['ftp.example.com']));
  await expect(refused).rejects.toMatchObject({ name: 'DeliveryRefused', retryable: false });
  await expect(refused).rejects.toThrow(
    'is for another host than 127.0.0.1. Set delivery.host to a name in the certificate. To see its names, run: openssl s_client',
  );
});

test('an expired certificate is rejected, and the message says who must act', async () => {
  const refused = login(await serverWith(['127.0.0.1'], Date.now() - 60_000));
  await expect(refused).rejects.toMatchObject({ name: 'DeliveryRefused', retryable: false });
  await expect(refused).rejects.toThrow('Ask the administrator of the server to renew it');
});

test('a delivery.ca that is not a certificate is reported before anything is sent', async () => {
  const refused = login({ ca: '/etc/ssl/ca.pem', port: 1 });
  await expect(refused).rejects.toMatchObject({ name: 'DeliveryRefused' });
  await expect(refused).rejects.toThrow('must contain the certificate itself (PEM)');
});

test('an unreachable server is a temporary failure', async () => {
  const refused = login({ port: 1 });
  await expect(refused).rejects.toMatchObject({ name: 'DeliveryUnavailable', retryable: true });
  await expect(refused).rejects.toThrow('ECONNREFUSED');
});

test('a folder that does not begin with / is relative to the account', async () => {
  const server = await connectFtps(ftpsLoginOf(simulator), new AbortController().signal);
  await server.upload('in/a.csv', lines('id\n'));
  expect(await server.names('in')).toEqual(['a.csv']);
  expect(await server.size('in/a.csv')).toBe(3);
  await server.remove('in/a.csv');
  expect(await server.names('/in')).toEqual([]);
  await server.close();
});
