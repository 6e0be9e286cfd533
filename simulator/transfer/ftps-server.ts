import { type EventEmitter, once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import type { FtpSrv } from 'ftp-srv';
import type { Faults } from '../faults.ts';
import type { Account } from './authentication.ts';
import type { Certificate } from './certificate.ts';
import { developmentPackage } from './development-package.ts';
import { FtpFiles } from './ftp-files.ts';
import { type Connection, holdDuringUpgrade, withoutSignalHandlers } from './ftp-srv-repairs.ts';

export interface FtpsServer {
  port: number;
  /** Closes all connections; new ones are accepted. */
  disconnectAll(): void;
  stop(): Promise<void>;
}

interface FtpsOptions {
  host: string;
  port: number;
  account: Account;
  certificate: Certificate;
  /** The folder on disk that accounts see as `/`. */
  root: string;
  /** Returns the current faults. */
  faults: () => Faults;
}

/** Without this, ftp-srv prints every command. */
const quiet = () => undefined;
const LOG = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => LOG };

/** Starts the FTPS server for the same folder: login only with explicit TLS, and passive transfers. */
export async function startFtpsServer(options: FtpsOptions): Promise<FtpsServer> {
  const { host, account, certificate, root, faults } = options;
  const { FtpSrv } = await developmentPackage('ftp-srv', () => import('ftp-srv'));
  const ftp = withoutSignalHandlers(
    () =>
      new FtpSrv({
        url: `ftp://${host}:${options.port}`,
        tls: certificate,
        pasv_url: host,
        pasv_min: 0,
        pasv_max: 0, // port 0: the system picks a free one
        log: LOG,
      }),
  );
  const cuts = new Set<() => void>();

  (ftp as EventEmitter).on('connect', ({ connection }: { connection: Connection }) => {
    const raw = connection.commandSocket;
    const cut = () => {
      for (const socket of [connection.connector.socket, connection.commandSocket, raw]) socket?.destroy();
    };
    const files = new FtpFiles({ root, faults, cut });
    cuts.add(cut);
    raw.once('close', () => {
      cuts.delete(cut);
      files.closeAll();
    });
    holdDuringUpgrade(connection);
    connection.login = async (username, password) => {
      if (!connection.secure) throw new Error('Log in over TLS.');
      if (username !== account.username || password !== account.password) throw new Error('Login incorrect.');
      Object.assign(connection, { authenticated: true, fs: files });
    };
  });
  (ftp as EventEmitter).on('client-error', quiet); // a broken connection affects only its client
  await ftp.listen();

  const { server } = ftp as FtpSrv & { server: Server };
  const disconnectAll = () => cuts.forEach((cut) => cut());
  return {
    port: (server.address() as AddressInfo).port,
    disconnectAll,
    stop: async () => {
      server.close();
      disconnectAll();
      await once(server, 'close');
    },
  };
}
