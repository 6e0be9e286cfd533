import type { Socket } from 'node:net';
import type { FtpConnection } from 'ftp-srv';

/** What ftp-srv's types leave out. */
export interface Connection extends FtpConnection {
  /** The TLS socket, once the client has asked for TLS. */
  commandSocket: Socket;
  connector: { socket: Socket | null };
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;

/** A server of ftp-srv (4.6.3) ends the whole process on these signals; ending it is the business of who started it. */
export function withoutSignalHandlers<T>(create: () => T): T {
  const before = SIGNALS.map((signal) => process.listeners(signal));
  const created = create();
  SIGNALS.forEach((signal, i) => {
    for (const listener of process.listeners(signal)) {
      if (!before[i]!.includes(listener)) process.removeListener(signal, listener);
    }
  });
  return created;
}

/** The first byte of a TLS handshake, which is never one of a command. */
const HANDSHAKE = 0x16;

/**
 * Between its answer to AUTH TLS and its turn to TLS, ftp-srv goes on reading commands: a client that is quick has its
 * TLS greeting read as one. Here the socket holds what arrives then, and Node hands it to the TLS socket.
 */
export function holdDuringUpgrade(connection: Connection): void {
  const socket = connection.commandSocket;
  const listeners = socket.listeners('data') as ((data: Buffer) => void)[];
  socket.removeAllListeners('data');
  for (const listener of listeners) {
    // What is handed over is emitted as well.
    socket.on('data', (data: Buffer) => data[0] !== HANDSHAKE && listener(data));
  }
  const reply = connection.reply.bind(connection) as (...what: unknown[]) => Promise<void>;
  connection.reply = (options: unknown, ...letters: unknown[]) => {
    if (options === 234) socket.pause();
    return reply(options, ...letters);
  };
}
