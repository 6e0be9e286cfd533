import net from 'node:net';
import pg from 'pg';
import type { Fault } from '../fault.ts';
import { Session } from './session.ts';

interface RedshiftShimOptions {
  /** URL of a database of a real PostgreSQL. The shim adds functions of Redshift to it. */
  url: string;
  /** Whether a SELECT tells how many rows it has. Default: false, as its own driver for Python expects. */
  counted?: boolean;
}

export interface RedshiftShim {
  /** On 127.0.0.1; users, passwords and the database are those of the URL. */
  port: number;
  /** Runs statements of PostgreSQL behind the shim, for tables, views and functions. */
  execute(sql: string): Promise<void>;
  /** The statements that clients of the shim have started and that still run, also if the client is gone. */
  running(): Promise<string[]>;
  /** Cuts the connections of all clients, without a word. */
  cutConnections(): void;
  setFault(fault: Fault | undefined): void;
  /** The tables with row-level security, by name, as plans show it: of Redshift, or of Lake Formation. No row is hidden. */
  secured: Map<string, 'RLS' | 'LF'>;
  /** From now on, each EXPLAIN fails with this SQLSTATE; undefined: none does. */
  refusePlans(sqlstate: string | undefined): void;
  close(): Promise<void>;
}

/** Functions of Redshift, and what PostgreSQL has under the same name but answers otherwise. */
const FUNCTIONS = `
  create or replace function public.getdate() returns timestamp language sql volatile
    as 'select statement_timestamp() at time zone ''UTC''';
  create or replace function pg_catalog.version() returns text language sql stable
    as 'select ''PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2, Redshift 1.0.48805''::text'`;

/** Starts a proxy in front of PostgreSQL that refuses what Redshift lacks. See README.md. */
export async function startRedshiftShim(options: RedshiftShimOptions): Promise<RedshiftShim> {
  const admin = new pg.Client({ connectionString: options.url });
  await admin.connect();
  await admin.query(FUNCTIONS);

  const { hostname, port } = new URL(options.url);
  const sessions = new Set<Session>();
  const secured = new Map<string, 'RLS' | 'LF'>();
  let fault: Fault | undefined;
  let planError: string | undefined;
  const server = net.createServer((client) => {
    const session = new Session(client, {
      server: { host: hostname, port: Number(port || 5432) },
      fault: () => fault,
      counted: options.counted ?? false,
      secured,
      planError: () => planError,
    });
    sessions.add(session);
    client.on('close', () => sessions.delete(session));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutConnections = () => sessions.forEach((session) => session.cut());

  return {
    port: (server.address() as net.AddressInfo).port,
    execute: async (sql) => void (await admin.query(sql)),
    running: async () => {
      const { rows } = await admin.query<{ query: string }>(
        `select query from pg_stat_activity where state = 'active' and backend_type = 'client backend'
         and datname = current_database() and pid <> pg_backend_pid()`,
      );
      return rows.map(({ query }) => query);
    },
    cutConnections,
    secured,
    refusePlans: (sqlstate) => void (planError = sqlstate),
    setFault: (next) => void (fault = next),
    close: async () => {
      cutConnections();
      await new Promise((resolve) => server.close(resolve));
      await admin.end();
    },
  };
}
