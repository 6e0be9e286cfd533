import { createServer, type AddressInfo } from 'node:net';

/** A TCP port that nothing listens on at 127.0.0.1, picked by the operating system. */
export function freePort(): Promise<number> {
  return bind(0);
}

/** `port` when nothing listens on it at 127.0.0.1, else any free one: what people expect when they can have it. */
export async function preferPort(port: number): Promise<number> {
  try {
    return await bind(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return freePort();
  }
}

/** Binds a port for a moment; resolves to its number once it is free again. */
function bind(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound));
    });
  });
}
