import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';

/**
 * Forwards between a client and a server, and closes the connection after this number of bytes from the
 * server.
 */
export async function startCuttingProxy(
  serverUrl: string,
  bytes: number,
): Promise<{ url: string; stop(): void }> {
  const to = new URL(serverUrl);
  const proxy = createServer((client) => {
    const server = connect(Number(to.port), to.hostname);
    let passed = 0;
    server.on('data', (chunk) => {
      passed += chunk.length;
      if (passed <= bytes) return void client.write(chunk);
      client.end(chunk.subarray(0, chunk.length - (passed - bytes)));
      server.destroy();
    });
    client.on('data', (chunk) => server.write(chunk));
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.on('close', () => (socket === client ? server : client).destroySoon());
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = new URL(serverUrl);
  url.port = String((proxy.address() as AddressInfo).port);
  return { url: url.href, stop: () => void proxy.close() };
}
