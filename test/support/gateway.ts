import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What the simulator answered. */
export interface Answered {
  status: number;
  type: string;
  body: Buffer;
}

/**
 * Starts a server between the connector and the simulator; `change` may change each answer. No connection is used twice:
 * a slow machine could use one just when the other side closes it.
 * @param simulator its base URL
 */
export async function startGateway(
  simulator: string,
  change: (path: string, answered: Answered) => Answered,
): Promise<{ url: string; stop(): void }> {
  const gateway = createServer((incoming, outgoing) => {
    const { method, url = '', headers } = incoming;
    const own = { connection: 'close', 'accept-encoding': 'identity' };
    const asked = request(new URL(url, simulator), { method, headers: { ...headers, ...own }, agent: false });
    const pass = async (response: IncomingMessage) => {
      const { statusCode: status = 0, headers: received } = response;
      const answered = { status, type: received['content-type'] ?? '', body: await buffer(response) };
      const changed = change(url, answered);
      outgoing.writeHead(changed.status, { 'Content-Type': changed.type, Connection: 'close' });
      outgoing.end(changed.body);
    };
    asked.on('response', (response) => void pass(response).catch(() => outgoing.destroy()));
    asked.on('error', () => outgoing.destroy());
    incoming.pipe(asked);
  });
  await once(gateway.listen(0, '127.0.0.1'), 'listening');
  const { port } = gateway.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => void gateway.close() };
}
