import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { BigqueryShim } from './shims/bigquery/shim.ts';

/** A call of the REST API, and what the shim answers to it. */
interface Passed {
  method: string;
  /** Without its parameters. */
  path: string;
  headers: IncomingHttpHeaders;
  /** The query of a job that is inserted. */
  query: string;
  status: number;
  answerHeaders: Record<string, string>;
  json: Record<string, unknown>;
}

/** Stands between the driver and the shim of a test; `change` may change each answer. */
export async function changed(
  shim: BigqueryShim,
  change: (passed: Passed) => unknown,
): Promise<BigqueryShim> {
  const proxy = createServer((incoming, outgoing) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('end', () => void pass().catch(() => outgoing.destroy()));
    async function pass() {
      const { method = '', url = '', headers } = incoming;
      const sent = Buffer.concat(pieces).toString();
      const { authorization = '' } = headers;
      const answer = await fetch(new URL(url, shim.url), {
        method,
        headers: { authorization },
        body: sent === '' ? undefined : sent,
      });
      const { configuration } = (sent === '' ? {} : JSON.parse(sent)) as {
        configuration?: { query: { query: string } };
      };
      const passed: Passed = {
        method,
        path: url.replace(/\?.*/, ''),
        headers,
        query: configuration?.query.query ?? '',
        status: answer.status,
        answerHeaders: {},
        json: (await answer.json()) as Record<string, unknown>,
      };
      change(passed);
      outgoing.writeHead(passed.status, passed.answerHeaders).end(JSON.stringify(passed.json));
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  return { ...shim, url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
}
