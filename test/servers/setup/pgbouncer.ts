import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../../dev/ports.ts';
import { giveTo, unprivilegedUser } from '../../../dev/postgres/binaries.ts';
import { startProcess } from '../../../dev/processes.ts';
import { untilItAnswers } from '../../../dev/waiting.ts';
import { findServer } from './find-server.ts';

export interface PgBouncer {
  /** The same database, user and password, reached through the pooler. */
  through(url: string): string;
  /** Databases or server connections, as the console of the pooler shows them. */
  show(what: 'servers' | 'pools'): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/**
 * Starts a PgBouncer in transaction mode before the server of these URLs, whose users may log in. Round
 * robin: each transaction gets another server connection than the one before, like on a busy pooler.
 */
export async function startPgBouncer(
  urls: string[],
  settings: Record<string, string> = {},
): Promise<PgBouncer> {
  const port = await freePort();
  const users = urls.map((url) => new URL(url));
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-pgbouncer-'));
  const userFile = join(folder, 'users.txt');
  const file = join(folder, 'pgbouncer.ini');
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: userFile,
    admin_users: users[0]!.username,
    pool_mode: 'transaction',
    default_pool_size: '30',
    server_round_robin: '1',
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  const server = `* = host=${users[0]!.hostname} port=${users[0]!.port}`;
  await writeFile(file, ['[databases]', server, '[pgbouncer]', ...lines, ''].join('\n'));
  await writeFile(userFile, users.map(({ username, password }) => `"${username}" "${password}"\n`).join(''));
  const user = await unprivilegedUser(); // it refuses to run as root
  await chmod(folder, 0o700);
  if (user) await giveTo(user, folder);
  const running = startProcess([[findServer('pgbouncer'), file]], {
    stopSignal: 'KILL',
    removeAfter: folder,
    user,
  });

  const through = (url: string) => {
    const changed = new URL(url);
    [changed.hostname, changed.port] = ['127.0.0.1', String(port)];
    return changed.href;
  };
  const console = new URL(through(urls[0]!));
  console.pathname = '/pgbouncer';
  const ask = async (query: string) => {
    const client = new pg.Client({ connectionString: console.href });
    await client.connect();
    try {
      return (await client.query(query)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  const answers = () =>
    ask('show version').then(
      () => true,
      () => false,
    );
  await untilItAnswers('PgBouncer', running, answers);
  return { through, show: (what) => ask(`show ${what}`), stop: () => running.stop() };
}
