import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request to Actito. */
export interface Call {
  method: string;
  /** Without the kind's prefix, e.g. `/v5/entities/shop/…`. */
  path: string;
}

export interface Reply {
  status: number;
  body?: string | Uint8Array;
  headers?: Record<string, string>;
  /** Cut the connection after the body. */
  cut?: boolean;
}

/** An answer instead of that of the simulator; undefined: the simulator answers. */
export type Script = (call: Call) => Reply | undefined;

/** The maximum number of concurrent calls of the simulator. */
const AT_ONE_TIME = 3;

/**
 * The API of Actito as many licenses see it: each kind of failure has its own base URL and script of odd
 * answers.
 */
export async function startOddActito(simulator: string) {
  const scripts = new Map<string, Script>();
  const waiting: (() => void)[] = [];
  let underWay = 0;

  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind, path] = /^\/([\w-]+)(\/.*)?$/.exec(request.url!) ?? [];
    const body = await read(request);
    const odd = scripts.get(kind ?? '')?.({ method: request.method!, path: path ?? '/' });
    if (odd) {
      response.writeHead(odd.status, { 'Content-Type': 'application/json', ...odd.headers });
      if (!odd.cut) return void response.end(odd.body);
      return void response.write(odd.body ?? '', () => response.destroy());
    }
    if (underWay >= AT_ONE_TIME) await new Promise<void>((go) => waiting.push(go));
    underWay++;
    try {
      const told = await fetch(simulator + (path ?? '/'), {
        method: request.method,
        headers: passedOn(request.headers),
        ...(body.length > 0 ? { body } : {}),
        redirect: 'manual',
      });
      const content = Buffer.from(await told.arrayBuffer());
      const type = told.headers.get('content-type') ?? 'application/json';
      const location = told.headers.get('location');
      response.writeHead(told.status, { 'Content-Type': type, ...(location ? { Location: location } : {}) });
      response.end(content);
    } finally {
      underWay--;
      waiting.shift()?.();
    }
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    /** The base URL of a kind. */
    url: (kind: string) => `http://127.0.0.1:${port}/${kind}`,
    script: (kind: string, answers: Script) => void scripts.set(kind, answers),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Headers of the connection are not forwarded. */
function passedOn(headers: IncomingHttpHeaders): Record<string, string> {
  const own = ['host', 'connection', 'transfer-encoding', 'content-length'];
  const passed = Object.entries(headers).filter(([name]) => !own.includes(name));
  return Object.fromEntries(passed.map(([name, value]) => [name, String(value)]));
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
