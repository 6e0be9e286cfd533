import type { Socket } from 'node:net';
import { Failure } from '../../contract/failure.ts';
import type { DeliveryStep } from '../../contract/messages/delivery.ts';
import { Attempts } from './attempts.ts';
import type { FileServer } from './file-server.ts';
import { HOST_KEY_KINDS, type HostKeyKind, type ShownKey } from './host-keys.ts';
import { READ_WINDOW } from './pipelined-read.ts';
import { WINDOW } from './pipelined-upload.ts';
import { readPrivateKey } from './private-key.ts';
import { NO_PROGRESS, Progress } from './progress.ts';
import { ofSetting } from './server-setting.ts';
import { ConnectionEnded, sftpFailure } from './sftp-failures.ts';
import { download, entries, names, remove, replace, sizeOf, upload } from './sftp-files.ts';
import { SftpRequests } from './sftp-requests.ts';
import { openSession, OtherHostKey, type Session } from './sftp-session.ts';
import { watched } from './watched.ts';

/** A login with all values from the environment. */
export interface SftpLogin {
  protocol: 'sftp';
  host: string;
  port: number;
  username: string;
  password?: string;
  privateKey?: string;
  /** The passphrase of an encrypted private key. */
  passphrase?: string;
  /** `SHA256:…`, in the format of OpenSSH; several while the server changes its key. */
  hostKeys: readonly string[];
  /** The maximum time without progress, in milliseconds. */
  timeout?: number;
  /** The number of simultaneous packets of a transfer. */
  concurrentWrites?: number;
  /** Where the server is configured, for errors; default: `delivery`. */
  setting?: string;
}

/** The timeout of a login in milliseconds, unless `delivery.timeout` is set. */
const LOGIN_TIMEOUT = 20_000;
/** The time for a server to close a connection, in milliseconds. */
const GOODBYE = 1_000;

/**
 * Servers whose last transfer broke off during simultaneous requests. The next one uses single requests, for servers
 * that support only those and just disconnect otherwise.
 */
const CAUTIOUS = new Set<string>();

/** The pinned type of host key, by server and pins. Requesting it first saves a handshake. */
const PINNED_KINDS = new Map<string, HostKeyKind>();

/** Logs in to an SFTP server that presents a pinned host key. @throws Failure DeliveryRefused, DeliveryUnavailable */
export async function connectSftp(login: SftpLogin, signal: AbortSignal): Promise<FileServer> {
  const server = `sftp://${login.host}:${login.port}`;
  let socket: Socket | undefined;
  const attempts = new Attempts<DeliveryStep>(signal, {
    destroy: () => {
      progress.stop();
      socket?.destroy();
    },
    failure: (step, error) => ofSetting(sftpFailure(step, server, error), login),
  });
  const progress = new Progress(login.timeout ?? NO_PROGRESS, (error) => attempts.interrupt(error));
  const session = await attempts
    .run('connect', () => progress.during(() => openPinned(server, login, attempts, (one) => (socket = one))))
    .catch((error: unknown) => {
      attempts.stop();
      progress.stop();
      socket?.destroy();
      throw error;
    });
  const requests = new SftpRequests(session.sftp, progress);

  const windowOf = (usual: number) => login.concurrentWrites ?? (CAUTIOUS.delete(server) ? 1 : usual);
  const noteBreak = (window: number) => {
    if (attempts.isOver && !signal.aborted && window > 1) CAUTIOUS.add(server);
  };
  const uploadWatched = async (path: string, content: AsyncIterable<Uint8Array>) => {
    const window = windowOf(WINDOW);
    try {
      await attempts.run('upload', () => upload(requests, server, path, content, window));
    } catch (error) {
      noteBreak(window);
      throw error;
    }
  };
  const readWatched = async function* (path: string) {
    const window = windowOf(READ_WINDOW);
    try {
      yield* watched(attempts, 'read', () => download(requests, path, window));
    } catch (error) {
      noteBreak(window);
      throw error;
    }
  };
  return {
    names: (folder) => attempts.run('list', () => names(requests, server, folder)),
    entries: (folder, isWanted = () => true) =>
      attempts.run('entries', () => entries(requests, folder, isWanted)),
    read: readWatched,
    upload: uploadWatched,
    size: (path) => attempts.run('size', () => sizeOf(requests, server, path)),
    replace: (from, to) => attempts.run('rename', () => replace(requests, from, to)),
    remove: (path) => attempts.run('remove', () => remove(requests, path)),
    close: async () => {
      attempts.stop();
      progress.stop();
      if (!signal.aborted) await sayGoodbye(session);
      socket?.destroy();
    },
  };
}

/**
 * Connects, and tries other types of host keys if the server presents one that is not pinned: it presents the type that
 * we prefer, and a fingerprint does not contain the type of the pinned key. Nothing of ours is sent before a pinned key
 * is found.
 */
async function openPinned(
  server: string,
  login: SftpLogin,
  attempts: Attempts<DeliveryStep>,
  onSocket: (socket: Socket) => void,
): Promise<Session> {
  const { host, port, username, password, privateKey, passphrase, hostKeys: pins, timeout } = login;
  const key = privateKey === undefined ? undefined : readPrivateKey(privateKey, passphrase);
  const shown: ShownKey[] = [];
  const id = [server, ...pins].join(' ');
  const first = PINNED_KINDS.get(id);
  let kinds =
    first === undefined ? HOST_KEY_KINDS : [first, ...HOST_KEY_KINDS.filter((kind) => kind !== first)];
  for (;;) {
    try {
      const session = await openSession(server, {
        host,
        port,
        username,
        password,
        key,
        pins,
        kinds,
        timeout: timeout ?? LOGIN_TIMEOUT,
        onSocket,
        onEnd: (error) => attempts.interrupt(error),
      });
      PINNED_KINDS.set(id, session.hostKey.kind);
      return session;
    } catch (error) {
      if (attempts.isOver) throw error;
      const isOther = error instanceof OtherHostKey;
      if (isOther) shown.push(error.shown);
      kinds = kinds.filter((kind) => !shown.some((key) => key.kind === kind));
      if (isOther && kinds.length > 0) continue;
      // The server has no key of the remaining types.
      const hasNoMore = isOther || (error instanceof ConnectionEnded && error.level === 'handshake');
      if (hasNoMore && shown.length > 0) throw new Failure('hostKeyNotPinned', { server, shown });
      throw error;
    }
  }
}

/** Closes the connection. A failure does not matter, because the files are complete. */
async function sayGoodbye({ client, closed }: Session): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  client.end();
  await Promise.race([closed, new Promise((resolve) => (timer = setTimeout(resolve, GOODBYE)))]);
  clearTimeout(timer);
}
