import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import * as grpc from '@grpc/grpc-js';
import { Engine } from './engine.ts';
import type { Faults } from './faults.ts';
import { Jobs } from './jobs.ts';
import { restServer, type Context, type Request } from './rest.ts';
import { DEFAULTS, type Settings } from './settings.ts';
import { storageServer } from './storage.ts';
import { Tokens, type ServiceAccountKey } from './tokens.ts';

/** A BigQuery that answers on this machine. */
export interface BigqueryShim {
  /** The REST API is below `/bigquery/v2`, the token endpoint is `/token`. */
  url: string;
  /** host:port of the Storage Read API, gRPC without TLS. */
  storageAddress: string;
  project: string;
  location: string;
  /** The key file of the one service account. */
  key: ServiceAccountKey;
  /** All calls so far, in order. */
  requests: Request[];
  /** A valid access token. */
  accessToken(): string;
  /** Runs GoogleSQL beside the clients; names without a dataset belong to the dataset `contract`. */
  execute(sql: string): Promise<void>;
  /** How many queries run. */
  running(): number;
  /** Cuts all connections of clients. */
  cutConnections(): void;
  /** Replaces the given faults; those not named stay. */
  setFault(faults: Faults): void;
  close(): Promise<void>;
}

/** Starts the shim on 127.0.0.1. It is written from Google's documents; see README.md for what is assumed. */
export async function startBigqueryShim(options: Partial<Settings> = {}): Promise<BigqueryShim> {
  const settings: Settings = { ...DEFAULTS, ...options };
  const engine = await Engine.open(settings);
  const faults: Faults = {};
  const requests: Request[] = [];
  const jobs = new Jobs(engine, faults, settings);
  const sockets = new Set<Socket>();
  const cutConnections = () => sockets.forEach((socket) => socket.resetAndDestroy());
  const context: Context = { engine, jobs, tokens: () => tokens, faults, settings, requests };

  const rest = restServer(context);
  rest.on('connection', (socket) => remember(sockets, socket));
  const url = `http://127.0.0.1:${await listening(rest)}`;
  const tokens = new Tokens(settings.project, `${url}/token`);

  const storage = storageServer(context, cutConnections);
  const inner = await bound(storage);
  const proxy = createServer((socket) => forward(sockets, socket, inner));
  const storageAddress = `127.0.0.1:${await listening(proxy)}`;

  return {
    url,
    storageAddress,
    project: settings.project,
    location: settings.location,
    key: tokens.key,
    requests,
    accessToken: () => tokens.issue(),
    async execute(sql) {
      const into = { projectId: settings.project, datasetId: '_executed', tableId: `t${randomUUID()}` };
      await engine.start(sql, into, 'contract').finished;
    },
    running: () => jobs.running(),
    cutConnections,
    setFault: (changed) => void Object.assign(faults, changed),
    async close() {
      await jobs.close();
      cutConnections();
      storage.forceShutdown();
      await Promise.all([rest, proxy].map((server) => once(server.close(), 'close')));
      await engine.close();
    },
  };
}

function remember(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
}

/** gRPC's server does not hand out its connections: a proxy before it can cut them. */
function forward(sockets: Set<Socket>, client: Socket, port: number): void {
  const server = connect(port, '127.0.0.1');
  remember(sockets, client);
  client.pipe(server).pipe(client);
  // A cut connection is what the tests ask for: each side ends the other.
  client.on('error', () => server.destroy()).on('close', () => server.destroy());
  server.on('error', () => client.destroy()).on('close', () => client.destroy());
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function bound(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}
