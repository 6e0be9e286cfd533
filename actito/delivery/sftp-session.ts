import { connect, type Socket } from 'node:net';
import ssh2, { type Client, type ClientErrorExtensions, type NextAuthHandler, type SFTPWrapper } from 'ssh2';
import { Failure } from '../../contract/failure.ts';
import { algorithmsOf, type HostKeyKind, isPinned, type ShownKey, shownKey } from './host-keys.ts';
import type { ReadableKey } from './private-key.ts';
import { ConnectionEnded } from './sftp-failures.ts';
import { LoginMethods } from './sftp-login.ts';

/** The settings of one connection. */
interface SessionOptions {
  host: string;
  port: number;
  username: string;
  password?: string;
  key?: ReadableKey;
  pins: readonly string[];
  /** The types of host keys to request, the preferred one first. */
  kinds: readonly HostKeyKind[];
  /** The timeout of the login in milliseconds. */
  timeout: number;
  /** Called as soon as there is a socket, which the caller can use to end all waits. */
  onSocket: (socket: Socket) => void;
  /** Called when an open session has ended, for any reason. */
  onEnd: (error: ConnectionEnded) => void;
}

export interface Session {
  client: Client;
  sftp: SFTPWrapper;
  /** The pinned key that the server presented. */
  hostKey: ShownKey;
  /** Resolves when the connection is closed. */
  closed: Promise<void>;
}

/** The server presented a host key that is not pinned, and has received nothing from us. */
export class OtherHostKey extends Error {
  readonly shown: ShownKey;

  constructor(shown: ShownKey) {
    super('another host key than the pinned ones');
    this.shown = shown;
  }
}

type Ssh2Error = Error & ClientErrorExtensions & { code?: unknown };

/** A dead connection is noticed after three missed answers. */
const KEEPALIVE = 10_000;

/** Reasons of RFC 4253 for ending a refused login; OpenSSH: too many attempts. */
const ENDS_LOGIN = [2, 13, 14, 15];

/**
 * Opens a connection, logs in and starts SFTP.
 * @throws OtherHostKey; ConnectionEnded; Failure DeliveryRefused
 */
export function openSession(server: string, options: SessionOptions): Promise<Session> {
  const { host, port, username, password, key, pins, kinds, timeout, onSocket, onEnd } = options;
  const client = new ssh2.Client();
  // A request is two writes: without this, since Node 24, each one waits 40 ms for the server's delayed
  // acknowledgement.
  const socket = connect({ host, port, noDelay: true });
  onSocket(socket);
  const login = new LoginMethods({ username, password, key });
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  const { promise, resolve, reject } = withResolvers<Session>();
  let last: ConnectionEnded | undefined;
  let hostKey: ShownKey;
  let isLoggedIn = false;
  let stands = false;
  /** The end of a connection. Before it is open, this is the result; later its owner is informed. */
  const end = () => {
    reject((last ??= new ConnectionEnded()));
    if (stands) onEnd(last);
  };
  const fail = (error: Error) => {
    reject(error);
    socket.destroy();
  };
  const refused = () => fail(loginRefused(server, login));

  client.on('error', (error: Ssh2Error) => {
    last ??= new ConnectionEnded(error);
    const { level, reason } = last;
    const isOfLogin = reason !== undefined && !isLoggedIn && login.isTried && ENDS_LOGIN.includes(reason);
    if (level === 'client-authentication' || isOfLogin) refused();
  });
  client.on('close', end);
  client.on('change password', () => fail(new Failure('sftpPasswordExpired', { server })));
  client.on('ready', () => {
    isLoggedIn = true;
    client.sftp((error, sftp) => {
      if (error) return fail(withoutSftp(server, error));
      sftp.on('error', (broken: Ssh2Error) => (last ??= new ConnectionEnded(broken)));
      sftp.on('close', end);
      stands = true;
      resolve({ client, sftp, hostKey, closed });
    });
  });
  client.connect({
    sock: socket,
    username,
    readyTimeout: timeout,
    keepaliveInterval: KEEPALIVE,
    algorithms: { serverHostKey: algorithmsOf(kinds) },
    hostVerifier: (blob: Buffer) => {
      hostKey = shownKey(blob);
      if (isPinned(hostKey, pins)) return true;
      fail(new OtherHostKey(hostKey));
      return false;
    },
    authHandler: (offered, isPartial, next: NextAuthHandler) => {
      // for ssh2, false means that no method is left
      (next as (method: ReturnType<LoginMethods['next']>) => void)(login.next(offered, isPartial));
    },
  });
  return promise;
}

function loginRefused(server: string, { offered, isAskedForMore }: LoginMethods): Failure {
  return new Failure('sftpLoginRefused', { server, offered, more: isAskedForMore });
}

/** Reasons of RFC 4254 for refusing a channel temporarily. */
const NOT_NOW = [2, 4];

/** The login succeeded, but there is no SFTP: a shell instead, a shell that prints a greeting, or no permission. */
function withoutSftp(server: string, error: Ssh2Error & { reason?: unknown }): Error {
  if (NOT_NOW.includes(error.reason as number)) return new ConnectionEnded();
  return new Failure('sftpNotOffered', { server });
}

function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
