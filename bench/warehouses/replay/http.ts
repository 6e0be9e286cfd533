import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request of a driver. */
export interface Asked {
  method: string;
  url: URL;
  body: string;
}

/** Starts a server on 127.0.0.1 that answers whatever it is asked; resolves to its URL. */
export async function serve(
  answer: (asked: Asked, response: ServerResponse) => void | Promise<void>,
): Promise<string> {
  const server = createServer((request, response) => {
    const answering = async () => {
      const url = new URL(request.url!, 'http://replay');
      await answer({ method: request.method!, url, body: await text(request) }, response);
    };
    answering().catch((error: Error) => {
      console.error(`${request.method} ${request.url}: ${error.stack}`);
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function sendJson(response: ServerResponse, body: object): void {
  send(response, JSON.stringify(body));
}

/** Sends JSON that is a text already, or compressed by gzip. */
export function send(response: ServerResponse, body: Buffer | string, encoding?: 'gzip'): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(encoding && { 'content-encoding': encoding }),
  });
  response.end(body);
}
