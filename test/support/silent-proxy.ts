import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface SilentProxy {
  port: number;
  /** The same URL, reached through the proxy. */
  through(url: string): string;
  /**
   * Forwards nothing from now on, in either direction, and ends no connection: like a machine that
   * disappears. `opened`: only on connections that are open now.
   */
  hush(which?: 'all' | 'opened'): void;
  /** The same, automatically, once a client has sent this number of bytes over one connection. */
  hushAfter(bytes: number): void;
  /** Resolves once it is silent. */
  silent(): Promise<void>;
  /** Forwards again, beginning with what was held back. */
  resume(): void;
  /** Bytes of clients that were forwarded. */
  readonly forwarded: number;
  stop(): void;
}

/** Forwards between clients and a server, and can stop forwarding without ending any connection. */
export async function startSilentProxy(to: { host: string; port: number }): Promise<SilentProxy> {
  const sockets = new Set<Socket>();
  let isSilent = false;
  let limit = Infinity;
  let forwarded = 0;
  const waiting: (() => void)[] = [];
  const hush = (which: 'all' | 'opened' = 'all') => {
    isSilent = which === 'all';
    for (const socket of sockets) socket.pause();
    for (const tell of waiting.splice(0)) tell();
  };
  const proxy = createServer((client) => {
    const server = connect(to.port, to.host);
    let sent = 0;
    for (const [from, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      if (isSilent) from.pause();
      from.on('data', (chunk) => {
        other.write(chunk);
        if (from !== client) return;
        forwarded += chunk.length;
        if ((sent += chunk.length) >= limit) hush();
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        if (!isSilent && !other.isPaused()) other.destroySoon();
      });
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    port,
    through: (url) => {
      const changed = new URL(url);
      [changed.hostname, changed.port] = ['127.0.0.1', String(port)];
      return changed.href;
    },
    hush,
    hushAfter: (bytes) => {
      limit = bytes;
    },
    silent: () => (isSilent ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    resume: () => {
      isSilent = false;
      limit = Infinity;
      for (const socket of sockets) socket.resume();
    },
    get forwarded() {
      return forwarded;
    },
    stop: () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
