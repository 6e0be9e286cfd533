import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { posix } from 'node:path';
import { Client } from 'basic-ftp';
import { Failure } from '../../contract/failure.ts';
import type { DeliveryStep } from '../../contract/messages/delivery.ts';
import { Attempts } from './attempts.ts';
import type { FileServer } from './file-server.ts';
import { ftpsFailure } from './ftps-failures.ts';
import { openFolder, remove, replace, sizeOf, upload } from './ftps-files.ts';
import { download } from './ftps-download.ts';
import { entriesOf, isReply, listHere, parseWithoutTimes } from './ftps-list.ts';
import { passiveTransfers } from './ftps-passive.ts';
import { speaksTlsAtOnce } from './ftps-implicit.ts';
import type { Connection } from './ftps-upload.ts';
import { NO_PROGRESS, Progress } from './progress.ts';
import { ofSetting } from './server-setting.ts';
import { watched } from './watched.ts';

/** A login with all values from the environment. */
export interface FtpsLogin {
  protocol: 'ftps';
  host: string;
  port: number;
  username: string;
  password: string;
  /** The certificate authority to trust (PEM), instead of the public ones. */
  ca?: string;
  /** The maximum time without progress, in milliseconds. */
  timeout?: number;
  /** Whether TLS begins with AUTH TLS (the default), or immediately. */
  tls?: 'explicit' | 'implicit';
  /** The encoding of names. Default: utf8. */
  encoding?: 'utf8' | 'latin1';
  /** Where the server is configured, for errors; default: `delivery`. */
  setting?: string;
}

/** Routers drop a connection that is silent for minutes, like the control connection during an upload. */
const KEEPALIVE = 10_000;
/** A server that has not greeted after this number of milliseconds may be waiting for TLS. */
const GREETING = 5_000;

/** The maximum size of a folder's list in bytes: about 200,000 files. */
const LIST_LIMIT = 16 * 1024 * 1024;

/** The number of connections that are logged in, by account. */
const loggedIn = new Map<string, number>();

/**
 * Logs in to an FTP server over TLS and verifies its certificate. Before TLS is established, only AUTH TLS is sent:
 * there is no fallback to plain FTP. Transfers are passive and encrypted.
 * @param timeout the maximum time without progress, in milliseconds
 * @throws Failure DeliveryRefused, DeliveryUnavailable; the signal's reason
 */
export async function connectFtps(
  login: FtpsLogin,
  signal: AbortSignal,
  timeout = NO_PROGRESS,
): Promise<FileServer> {
  if (login.ca !== undefined) checkCa(login.ca, login.setting);
  // A cluster may name another host for its transfers. That host must have the certificate of the configured host.
  const client = new Client(timeout, { allowSeparateTransferHost: true, maxListingBytes: LIST_LIMIT });
  client.prepareTransfer = passiveTransfers();
  client.parseList = parseWithoutTimes;
  const isLatin1 = login.encoding === 'latin1';
  if (isLatin1) client.ftp.encoding = 'latin1';
  const attempts = new Attempts<DeliveryStep>(signal, {
    destroy: () => client.close(),
    failure: (step, error) => ofSetting(ftpsFailure(step, { ...login, timeout }, error), login),
  });
  const server = `ftps://${login.host}:${login.port}`;
  const progress = new Progress(timeout, (error) => attempts.interrupt(error));
  const connection: Connection = { client, server, progress };
  const account = `${login.username}@${login.host}:${login.port}`;
  let isLoggedIn = false;
  const close = async () => {
    if (isLoggedIn) count(account, -1);
    isLoggedIn = false;
    progress.stop();
    attempts.stop();
    client.close();
  };
  /** The folder in which relative paths begin. */
  let home: string;
  try {
    await greet(connection, login, attempts, timeout);
    await attempts.run('login', () => logIn(client, login, server, account));
    count(account, 1);
    isLoggedIn = true;
    await attempts.run('protect', async () => {
      await client.useDefaultSettings(); // binary, UTF-8, MLSD; it ignores a refused PROT
      if (isLatin1) await client.sendIgnoringError('OPTS UTF8 OFF');
      await client.send('PROT P');
    });
    home = await attempts.run('folder', () => client.pwd());
  } catch (error) {
    await close();
    throw error;
  }

  const at = (path: string) => {
    const whole = posix.isAbsolute(path) ? path : posix.join('/', home, path);
    if (isLatin1 && /[^\0-\xff]/.test(whole))
      throw ofSetting(new Failure('ftpsNameNotLatin1', { path: whole }), login);
    return whole;
  };
  return {
    names: async (folder) => {
      await attempts.run('folder', async () => openFolder(connection, at(folder)));
      return attempts.run('list', async () =>
        (await listHere(connection, at(folder))).map(({ name }) => name),
      );
    },
    entries: (folder, isWanted = () => true) =>
      attempts.run('entries', async () => entriesOf(connection, at(folder), isWanted)),
    read: (path) => watched(attempts, 'read', () => download(connection, at(path))),
    upload: (path, content) => attempts.run('upload', async () => upload(connection, at(path), content)),
    size: (path) => attempts.run('size', async () => sizeOf(connection, at(path))),
    replace: (from, to) => attempts.run('rename', async () => replace(connection, at(from), at(to))),
    remove: (path) => attempts.run('remove', async () => remove(connection, at(path))),
    close,
  };
}

/** Connects, with TLS before the login: immediately (implicit), or with AUTH TLS (explicit). */
async function greet(
  { client, progress, server }: Connection,
  { host, port, ca, tls }: FtpsLogin,
  attempts: Attempts<DeliveryStep>,
  timeout: number,
): Promise<void> {
  const options = {
    host, // the certificate is compared with this name, also on data connections
    servername: isIP(host) ? undefined : host,
    ca,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true, // whatever NODE_TLS_REJECT_UNAUTHORIZED is
  } as const;
  if (tls === 'implicit') {
    await attempts.run('connect', () => client.connectImplicitTLS(host, port, options));
  } else {
    let isGreeted = false;
    const askForTls = async () => {
      const does = await speaksTlsAtOnce(host, port, timeout / 2);
      if (does && !isGreeted) attempts.interrupt(new Failure('ftpsImplicitOnly', { server }));
    };
    const silence = setTimeout(() => void askForTls(), Math.min(GREETING, timeout / 4));
    try {
      await attempts.run('connect', () => client.connect(host, port));
    } finally {
      isGreeted = true;
      clearTimeout(silence);
    }
    await attempts.run('secure', () => progress.during(() => client.useTLS(options)));
  }
  client.ftp.socket.setKeepAlive(true, KEEPALIVE);
}

/**
 * Logs in. If the account is logged in already, the password is correct, so a refusal means that it has too many
 * connections.
 */
async function logIn(client: Client, login: FtpsLogin, server: string, account: string): Promise<void> {
  try {
    await client.login(login.username, login.password);
  } catch (error) {
    if (!isReply(error, 530) || !loggedIn.get(account)) throw error;
    throw new Failure('ftpsTooManyLogins', { server, open: loggedIn.get(account)! });
  }
}

function count(account: string, more: number): void {
  const open = (loggedIn.get(account) ?? 0) + more;
  if (open > 0) loggedIn.set(account, open);
  else loggedIn.delete(account);
}

function checkCa(ca: string, setting?: string): void {
  try {
    new X509Certificate(ca);
  } catch {
    throw new Failure('caUnreadable', { setting });
  }
}
