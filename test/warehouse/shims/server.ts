import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { FaultState, type Faults } from './faults.ts';
import { Engine } from './engine.ts';

/** A request as the shim received it. */
export interface SeenRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** The parsed JSON; undefined if the body is no JSON. */
  body: unknown;
  text: string;
}

/** A running shim. */
export interface Shim {
  url: string;
  close(): Promise<void>;
  /** Runs statements of DuckDB beside the clients, with the right to write. */
  execute(sql: string): Promise<void>;
  /** How many statements run. */
  running(): number;
  /** How many statements run, or have chunks that were not downloaded yet and were not canceled. */
  unread(): number;
  /** Waits until all statements that were accepted have run. */
  settled(): Promise<void>;
  /** Cuts all connections; with `refuseNew`, also every later one until {@link Shim.setFault} is called. */
  cutConnections(options?: { refuseNew?: boolean }): void;
  /** Replaces all faults; `{}` ends them. */
  setFault(faults: Faults): void;
  /** All requests in their order. */
  requests: SeenRequest[];
}

/** The part of a shim that knows the protocol. */
export interface Protocol {
  answer(request: SeenRequest, response: ServerResponse): Promise<void>;
  unread(): number;
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1 with the protocol of a service. */
export async function startShim(
  setup: string[],
  protocol: (parts: { engine: Engine; faults: FaultState; url: () => string }) => Protocol,
): Promise<Shim> {
  const engine = await Engine.create(setup);
  const faults = new FaultState();
  const sockets = new Set<Socket>();
  const requests: SeenRequest[] = [];
  let refuses = false;
  let url = '';
  const service = protocol({ engine, faults, url: () => url });
  const server = createServer((message, response) => {
    response.on('error', () => undefined); // the client has gone
    void read(message)
      .then((request) => {
        requests.push(request);
        return service.answer(request, response);
      })
      .catch((error: unknown) => broken(response, error));
  });
  server.on('connection', (socket) => {
    if (refuses) return void socket.destroy();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  url = await listen(server);
  return {
    url,
    requests,
    execute: (sql) => engine.execute(sql),
    running: () => engine.running(),
    unread: () => service.unread(),
    settled: () => service.settled(),
    setFault(next) {
      refuses = false;
      faults.set(next);
    },
    cutConnections({ refuseNew = false } = {}) {
      refuses = refuseNew;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      await service.close();
      await engine.close();
    },
  };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function read(message: IncomingMessage): Promise<SeenRequest> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  const { pathname, searchParams } = new URL(message.url ?? '/', 'http://shim');
  const { headers, method = 'GET' } = message;
  return { method, path: pathname, query: searchParams, headers, text, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the protocol refuses it
  }
}

/** A mistake in the shim itself: the client must not take it for an answer of the service. */
function broken(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(599, { 'content-type': 'text/plain' });
  response.end(`The shim failed: ${error instanceof Error ? error.stack : String(error)}`);
}

/** Sends JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
