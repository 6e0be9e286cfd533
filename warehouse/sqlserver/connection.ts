import net, { type Socket } from 'node:net';
import type * as Tedious from 'tedious';
import { readerName, type Reader } from '../source.ts';
import type { Timeouts } from '../timeouts.ts';
import { NO_TLS } from './failures.ts';

/** Where the server is, and the login. */
export interface SqlServerTarget {
  host: string;
  /** Default: 1433, or the one that SQL Server Browser names for the instance. */
  port?: number;
  instance?: string;
  database: string;
  user: string;
  password: string;
  encrypt: boolean;
  /** The certificate (PEM) of the authority to trust. */
  ca?: string;
  readOnlyIntent: boolean;
}

/** In milliseconds. */
const CONNECT_TIMEOUT = 30_000;
/** Packet types of MS-TDS 2.2.3.1.1. A TLS handshake travels in prelogin packets. */
const [LOGIN7, PRELOGIN] = [0x10, 0x12];
const LONGEST_NAME = 128;
const CANCEL_TIMEOUT = 10_000;

/** @throws an error of tedious or the network */
export async function connect(
  { Connection }: Pick<typeof Tedious, 'Connection'>,
  target: SqlServerTarget,
  { reader, timeouts }: { reader: Reader; timeouts: Omit<Timeouts, 'beyond'> },
): Promise<Tedious.Connection> {
  const { host, instance, database, encrypt, ca } = target;
  const connection = new Connection({
    server: host,
    authentication: { type: 'default', options: { userName: target.user, password: target.password } },
    options: {
      ...(instance === undefined ? { port: target.port } : { instanceName: instance }),
      connector: (...[to, , signal]: unknown[]) => dial(to as Address, signal as AbortSignal, encrypt),
      database,
      encrypt,
      trustServerCertificate: false,
      cryptoCredentialsDetails: ca === undefined ? undefined : { ca },
      readOnlyIntent: target.readOnlyIntent,
      appName: readerName(reader).slice(0, LONGEST_NAME),
      connectTimeout: timeouts.connect ?? CONNECT_TIMEOUT,
      cancelTimeout: Math.min(timeouts.short, CANCEL_TIMEOUT),
      requestTimeout: 0, // each request sets its own
      useUTC: true,
    },
  });
  connection.on('error', () => undefined); // a lost connection fails its request, too
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  return connection;
}

/** The server, or the one that a gateway or SQL Server Browser has named. */
interface Address {
  host: string;
  port: number;
}

/**
 * Connects, and with `encrypted`, ends the connection rather than send a login without TLS. tedious calls it with the
 * arguments of its own connector, which its types do not tell (connection.js, `connectOnPort`).
 * @param signal aborted at the connect timeout
 */
function dial({ host, port }: Address, signal: AbortSignal, encrypted: boolean): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    const giveUp = () => socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    if (encrypted) refusePlainLogin(socket);
    socket.once('error', reject);
    socket.once('connect', () => {
      signal.removeEventListener('abort', giveUp);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/**
 * tedious 19 logs in without TLS, whatever `encrypt` is, if the server says that it has none (ENCRYPT_NOT_SUP). The
 * login contains the password, which is only disguised. So the first packet after the prelogin decides: with TLS, it is
 * no LOGIN7 that anybody can read.
 */
function refusePlainLogin(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let isDecided = false;
  socket.write = (...args: unknown[]) => {
    const [type] = args[0] as Buffer;
    if (isDecided || type === PRELOGIN) return write(...args);
    isDecided = true;
    if (type !== LOGIN7) return write(...args);
    socket.destroy(Object.assign(new Error('The server has no TLS.'), { code: NO_TLS }));
    return false;
  };
}
