import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createDatabase } from '../../dev/databases.ts';
import { startPostgres } from '../../dev/postgres.ts';
import { startStand, type Stand } from './stand.ts';

/** A PostgreSQL server of its own for a test file, which may be crashed. */
export interface OwnPostgres {
  /** A stand whose state is in a new database of this server. */
  startStand(name: string): Promise<Stand>;
  /** Kills one backend: PostgreSQL then ends all others, and recovers. */
  killBackend(): Promise<void>;
  /** Ends the server like an immediate shutdown, and starts it again with the same data, on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Crashes of processes, not of the machine: commits must reach the operating system, not the disk. */
const SETTINGS = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'on' };

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-crashed-'));
  await chmod(folder, 0o755); // as root, PostgreSQL runs as another user
  const dataDir = join(folder, 'kept');
  const start = (port?: number) => startPostgres({ dataDir, port, settings: SETTINGS });
  let server = await start();
  return {
    startStand: async (name) => startStand({ stateUrl: await createDatabase(server.adminUrl, name) }),
    killBackend: async () => {
      const client = new pg.Client({ connectionString: server.adminUrl });
      client.on('error', () => undefined);
      await client.connect();
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      process.kill(rows[0]!.pid, 'SIGKILL');
      await client.end().catch(() => undefined);
    },
    restart: async () => {
      const [pid] = (await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGQUIT');
      await server.stop(); // resolves when it has ended
      server = await start(server.port);
    },
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}
