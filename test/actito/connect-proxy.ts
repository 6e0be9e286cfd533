import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A proxy that supports only CONNECT. */
export interface ConnectProxy {
  url: string;
  host: string;
  /** The targets of its requests, with the credentials. */
  asked: { to: string; credentials?: string }[];
  stop(): Promise<void>;
}

interface ProxyOptions {
  /** Answers every request with this status instead of a tunnel. */
  refuse?: number;
  /** Accepts a request and never answers. */
  silent?: boolean;
  /** Every name leads to this port of 127.0.0.1: only the proxy knows the addresses of hosts. */
  leadsTo?: number;
}

export async function startConnectProxy({
  refuse,
  silent,
  leadsTo,
}: ProxyOptions = {}): Promise<ConnectProxy> {
  const asked: ConnectProxy['asked'] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined); // its client may disconnect
  });
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    const to = request.url!;
    asked.push({ to, credentials: decoded(request.headers['proxy-authorization']) });
    if (silent) return;
    if (refuse !== undefined) {
      client.end(`HTTP/1.1 ${refuse} No\r\nContent-Type: text/html\r\n\r\n<p>${'no '.repeat(1_000)}</p>`);
      return;
    }
    const port = leadsTo ?? Number(to.split(':').at(-1));
    const peer = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      peer.pipe(client).pipe(peer);
    });
    sockets.add(peer);
    peer.on('error', () => client.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    asked,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function decoded(header: string | undefined): string | undefined {
  return header && Buffer.from(header.replace(/^Basic /, ''), 'base64').toString();
}
