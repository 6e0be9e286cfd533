import type { Socket } from 'node:net';
import type { FtpConnection } from 'ftp-srv';

/** Properties that ftp-srv's types omit. */
export interface Connection extends FtpConnection {
  /** The TLS socket, after the client has requested TLS. */
  commandSocket: Socket;
  connector: { socket: Socket | null };
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;

/**
 * Removes ftp-srv's (4.6.3) signal handlers, which end the whole process. Only the program itself decides about its
 * end.
 */
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

/** The first byte of a TLS handshake. No command begins with it. */
const HANDSHAKE = 0x16;

/**
 * After the answer to AUTH TLS, ftp-srv still reads commands until it starts TLS, so it would read a fast client's TLS
 * greeting as a command. This function pauses the socket until then, and Node passes the greeting to the TLS socket.
 */
export function holdDuringUpgrade(connection: Connection): void {
  const socket = connection.commandSocket;
  const listeners = socket.listeners('data') as ((data: Buffer) => void)[];
  socket.removeAllListeners('data');
  for (const listener of listeners) {
    // The old socket also emits the data that Node passes on.
    socket.on('data', (data: Buffer) => data[0] !== HANDSHAKE && listener(data));
  }
  const reply = connection.reply.bind(connection) as (...what: unknown[]) => Promise<void>;
  connection.reply = (options: unknown, ...letters: unknown[]) => {
    if (options === 234) socket.pause();
    return reply(options, ...letters);
  };
}
