import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Faults } from '../faults.ts';
import { type Account, authenticate } from './authentication.ts';
import { serveSession } from './session.ts';

export interface SftpServer {
  port: number;
  /** Closes all connections; new ones are accepted. */
  disconnectAll(): void;
  stop(): Promise<void>;
}

interface SftpOptions {
  host: string;
  port: number;
  account: Account;
  /** OpenSSH private key. */
  hostKey: string;
  /** The folder on disk that accounts see as `/`. */
  root: string;
  /** Returns the current faults. */
  faults: () => Faults;
}

/** Starts the customer's SFTP server. Actito's poller reads its files. */
export async function startSftpServer(options: SftpOptions): Promise<SftpServer> {
  const { host, port, account, hostKey, root, faults } = options;
  // Sockets are stored because ssh2 has no public way to drop a connection abruptly.
  const sockets = new Map<number, Socket>();
  const ssh = new ssh2.Server({ hostKeys: [hostKey] }, (connection, info) => {
    const cut = () => sockets.get(info.port)?.destroy();
    connection.on('error', cut); // a broken handshake or a reset connection affects only its client
    connection.on('authentication', (context) => authenticate(context, account));
    connection.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) => serveSession(acceptSftp(), { root, faults, cut }));
    });
  });
  const listener = createServer({ noDelay: true }, (socket) => {
    const { remotePort } = socket;
    sockets.set(remotePort!, socket);
    socket.on('close', () => sockets.delete(remotePort!));
    ssh.injectSocket(socket);
  });
  listener.listen(port, host);
  await once(listener, 'listening');

  const disconnectAll = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: (listener.address() as AddressInfo).port,
    disconnectAll,
    stop: async () => {
      listener.close();
      disconnectAll();
      await once(listener, 'close');
    },
  };
}
