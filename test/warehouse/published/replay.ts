import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { published } from './fixture.ts';

/** A request as the replaying server received it. */
export interface Seen {
  method: string;
  /** With the query. */
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Returns the name of the example that answers a request. */
export type Script = (request: Seen) => string;

/** The host of links in the examples, which becomes the replaying server. */
const HOST = 'https://store.example';

/**
 * Starts a server on 127.0.0.1 that answers with published examples, and ends it after the test.
 * @returns its URL, and the requests in their order
 */
export async function replay(script: Script): Promise<{ url: string; requests: Seen[] }> {
  const requests: Seen[] = [];
  let url = '';
  const server = createServer((message, response) => {
    void text(message).then((body) => {
      const request = { method: message.method!, url: message.url!, headers: message.headers, body };
      requests.push(request);
      const { status, headers = {}, body: answer } = published(script(request));
      const type = typeof answer === 'string' ? 'text/plain' : 'application/json';
      const plain = typeof answer === 'string' ? answer : JSON.stringify(answer).replaceAll(HOST, url);
      response.writeHead(status, { 'content-type': type, ...headers });
      response.end(headers['content-encoding'] === 'gzip' ? gzipSync(plain) : plain);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, requests };
}

/** Answers with these examples one after the other; the last one stays. */
export function inTurn(...names: string[]): () => string {
  let next = 0;
  return () => names[Math.min(next++, names.length - 1)]!;
}
