import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Forwards between clients and a server, and can be switched off for a while. */
interface SwitchedProxy {
  /** `host:port` of the proxy. */
  address: string;
  /** Ends all connections, and accepts no new ones. */
  cut(): void;
  /** Accepts connections again. */
  restore(): void;
  stop(): Promise<void>;
}

/** @param server `host:port` */
export async function startSwitchedProxy(server: string): Promise<SwitchedProxy> {
  const [host, port] = server.split(':') as [string, string];
  const sockets = new Set<Socket>();
  let isCut = false;
  const proxy = createServer((client) => {
    if (isCut) return void client.destroy();
    const peer = connect(Number(port), host);
    for (const [socket, other] of [
      [client, peer],
      [peer, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined); // the test expects the disconnect
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    cut,
    restore: () => {
      isCut = false;
    },
    stop: async () => {
      cut();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
