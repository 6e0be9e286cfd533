import { randomInt } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';

/**
 * Below the range from which Linux (32768…) and macOS (49152…) take the ports of outgoing connections. A free port of
 * that range could be used by another connection before its server binds it.
 */
const [LEAST, MOST] = [20_000, 32_000];

/** Returns a TCP port that is free on 127.0.0.1 and that no outgoing connection will use. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await bound(randomInt(LEAST, MOST));
    if (port !== undefined) return port;
  }
}

/** Returns `port` if it is free on 127.0.0.1, otherwise any free one. */
export async function preferPort(port: number): Promise<number> {
  return (await bound(port)) ?? freePort();
}

/** Binds a port for a moment. Resolves to its number once it is free again, undefined if it is in use. */
function bound(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const { port: number } = server.address() as AddressInfo;
      server.close(() => resolve(number));
    });
  });
}
