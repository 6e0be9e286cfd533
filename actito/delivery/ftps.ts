import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { posix } from 'node:path';
import { Client } from 'basic-ftp';
import { Failure } from '../../contract/failure.ts';
import type { DeliveryStep } from '../../contract/messages/delivery.ts';
import { Attempts } from './attempts.ts';
import type { FileServer } from './file-server.ts';
import { ftpsFailure } from './ftps-failures.ts';
import { listHere, remove, replace, sizeOf, upload } from './ftps-files.ts';
import { tell } from '../../contract/messages/tell.ts';

/** A login, with everything from the environment filled in. */
export interface FtpsLogin {
  protocol: 'ftps';
  host: string;
  port: number;
  username: string;
  password: string;
  /** The authority to trust (PEM), instead of the public ones. */
  ca?: string;
  /** The longest time without progress, in milliseconds. */
  timeout?: number;
}

/** The longest silence of the server, in milliseconds, wherever it is the server's turn. */
const TIMEOUT = 30_000;
/** Routers forget a connection that is silent for minutes, as the control connection is during an upload. */
const KEEPALIVE = 10_000;

/**
 * Logs in to an FTP server over explicit TLS, its certificate verified. Before TLS stands, nothing is sent
 * but AUTH TLS: there is no falling back to plain FTP. Transfers are passive and encrypted.
 * @param timeout the longest silence of the server, in milliseconds
 * @throws Failure DeliveryRefused, DeliveryUnavailable; the signal's reason
 */
export async function connectFtps(
  login: FtpsLogin,
  signal: AbortSignal,
  timeout = TIMEOUT,
): Promise<FileServer> {
  if (login.ca !== undefined) checkCa(login.ca);
  // A cluster may name another host for its transfers. It has to show the certificate of the host that was asked for.
  const client = new Client(timeout, { allowSeparateTransferHost: true });
  const attempts = new Attempts<DeliveryStep>(signal, {
    destroy: () => client.close(),
    failure: (step, error) => ftpsFailure(step, login, error),
  });
  const close = async () => {
    attempts.stop();
    client.close();
  };
  /** Where relative paths begin. */
  let home: string;
  try {
    await attempts.run('connect', () => client.connect(login.host, login.port));
    await attempts.run('secure', () => startTls(client, login, attempts, timeout));
    await attempts.run('login', () => client.login(login.username, login.password));
    await attempts.run('protect', async () => {
      await client.useDefaultSettings(); // binary, UTF-8, MLSD; a refused PROT it lets pass
      await client.send('PROT P');
    });
    home = await attempts.run('folder', () => client.pwd());
  } catch (error) {
    await close();
    throw error;
  }

  const at = (path: string) => (posix.isAbsolute(path) ? path : posix.join('/', home, path));
  return {
    names: async (folder) => {
      await attempts.run('folder', () => client.cd(at(folder)));
      return attempts.run('list', async () => (await listHere(client)).map(({ name }) => name));
    },
    upload: (path, content) => attempts.run('upload', () => upload(client, at(path), content)),
    size: (path) => attempts.run('size', () => sizeOf(client, at(path))),
    replace: (from, to) => attempts.run('rename', () => replace(client, at(from), at(to))),
    remove: (path) => attempts.run('remove', () => remove(client, at(path))),
    close,
  };
}

/** The library sets no bound to the handshake. */
async function startTls(
  client: Client,
  { host, ca }: FtpsLogin,
  attempts: Attempts<DeliveryStep>,
  timeout: number,
): Promise<void> {
  const silence = new Error(tell('handshakeUnanswered', {}).message);
  const bound = setTimeout(() => attempts.interrupt(silence), timeout);
  try {
    await client.useTLS({
      host, // what the certificate is compared with, also on the data connections
      servername: isIP(host) ? undefined : host,
      ca,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true, // whatever NODE_TLS_REJECT_UNAUTHORIZED says
    });
    client.ftp.socket.setKeepAlive(true, KEEPALIVE);
  } finally {
    clearTimeout(bound);
  }
}

function checkCa(ca: string): void {
  try {
    new X509Certificate(ca);
  } catch {
    throw new Failure('caUnreadable', {});
  }
}
