import { randomInt } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';

/**
 * Below the range from which Linux (32768…) and macOS (49152…) take the ports of outgoing connections: a port from
 * there may be free when it is picked, and be anyone's connection when the server that it was picked for binds it.
 */
const [LEAST, MOST] = [20_000, 32_000];

/** A TCP port that nothing listens on at 127.0.0.1, and that no outgoing connection will take. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await bound(randomInt(LEAST, MOST));
    if (port !== undefined) return port;
  }
}

/** `port` when nothing listens on it at 127.0.0.1, else any free one: what people expect when they can have it. */
export async function preferPort(port: number): Promise<number> {
  return (await bound(port)) ?? freePort();
}

/** Binds a port for a moment. Resolves to its number once it is free again, undefined when it is taken. */
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
