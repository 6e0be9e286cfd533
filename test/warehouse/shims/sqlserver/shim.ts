import { DuckDBInstance } from '@duckdb/node-api';
import net from 'node:net';
import type { Fault } from '../fault.ts';
import type { Certificate } from './handshake.ts';
import { Session } from './session.ts';
import { PRELUDE } from './translate.ts';

export interface SqlServerShimOptions {
  /** Default: `sa`. */
  user?: string;
  /** Default: `secret`. */
  password?: string;
  /** Without one, the shim does not encrypt. */
  certificate?: Certificate;
  /** Default: false. */
  requireEncryption?: boolean;
  /** Whether the database allows SNAPSHOT isolation. Default: true. */
  snapshotIsolation?: boolean;
}

export interface SqlServerShim {
  /** On 127.0.0.1. */
  port: number;
  /** Runs statements of DuckDB, for tables and views. */
  execute(sql: string): Promise<void>;
  /** The batches that clients of the shim are running at the moment. */
  running(): string[];
  /** Cuts the connections of all clients, without a word. */
  cutConnections(): void;
  setFault(fault: Fault | undefined): void;
  close(): Promise<void>;
}

/** Starts a server of TDS 7.4 whose SQL runs on DuckDB. See README.md. */
export async function startSqlServerShim(options: SqlServerShimOptions = {}): Promise<SqlServerShim> {
  const { user = 'sa', password = 'secret', requireEncryption = false, snapshotIsolation = true } = options;
  const instance = await DuckDBInstance.create(':memory:');
  const admin = await instance.connect();
  await admin.run(PRELUDE);
  const state = snapshotIsolation ? "1, 'ON'" : "0, 'OFF'";
  await admin.run(
    `insert into sys.databases values ('shim', 5, ${state}, false), ('master', 1, 1, 'ON', false)`,
  );

  const sessions = new Map<number, Session>();
  let fault: Fault | undefined;
  let lastId = 50; // up to 50 are the server's own
  const server = net.createServer((socket) => {
    const id = ++lastId;
    socket.on('error', () => undefined); // 'close' follows
    void instance.connect().then(async (connection) => {
      await connection.run("set timezone = 'UTC'");
      const session = new Session(socket, {
        id,
        connection,
        user,
        password,
        certificate: options.certificate,
        requireEncryption,
        snapshotIsolation,
        fault: () => fault,
        kill: (other) => sessions.get(other)?.cut(),
      });
      sessions.set(id, session);
      socket.on('close', () => sessions.delete(id));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutConnections = () => sessions.forEach((session) => session.cut());

  return {
    port: (server.address() as net.AddressInfo).port,
    execute: async (sql) => void (await admin.run(sql)),
    running: () => [...sessions.values()].flatMap(({ running }) => running ?? []),
    cutConnections,
    setFault: (next) => void (fault = next),
    close: async () => {
      cutConnections();
      await new Promise((resolve) => server.close(resolve));
      admin.closeSync();
      instance.closeSync();
    },
  };
}
