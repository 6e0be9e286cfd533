import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request that the server has received. */
export interface Asked {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The parsed JSON; undefined for a body that is none. */
  body?: Record<string, unknown>;
}

/** What the server answers: JSON, or a text as it is. */
export interface Told {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

/** Starts a server that answers as the test says, until the test ends. */
export async function startAnswering(answer: (asked: Asked, origin: string) => Told) {
  const asked: Asked[] = [];
  const server = createServer((message, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of message) parts.push(part as Buffer);
      const { method = '', url: path = '', headers } = message;
      const request = { method, path, headers, body: parsed(Buffer.concat(parts).toString()) };
      asked.push(request);
      const { status = 200, headers: more = {}, body } = answer(request, origin);
      response.writeHead(status, more).end(typeof body === 'string' ? body : JSON.stringify(body));
    })();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, asked };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
