import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Forwards between clients and a PostgreSQL server, and counts the connections that the server refused. */
export interface CountingProxy {
  url: string;
  /** Connections refused because there is no free one. */
  refused(): number;
  stop(): void;
}

/** SQLSTATE, as in the error that the server sends before it closes the connection. */
const TOO_MANY_CONNECTIONS = 'C53300\0';

/** @param serverUrl `postgres://…`; the connection is not encrypted */
export async function startCountingProxy(serverUrl: string): Promise<CountingProxy> {
  const to = new URL(serverUrl);
  let refused = 0;
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(Number(to.port), to.hostname);
    server.on('data', (chunk) => {
      if (chunk.includes(TOO_MANY_CONNECTIONS)) refused++;
    });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined); // the other end sees a closed connection
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroySoon();
      });
      socket.pipe(other);
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: Object.assign(new URL(serverUrl), {
      hostname: '127.0.0.1',
      port: String((proxy.address() as AddressInfo).port),
    }).href,
    refused: () => refused,
    stop: () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
