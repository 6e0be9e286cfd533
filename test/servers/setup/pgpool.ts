import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../../dev/ports.ts';
import { giveTo, unprivilegedUser } from '../../../dev/postgres/binaries.ts';
import { startProcess } from '../../../dev/processes.ts';
import { untilItAnswers } from '../../../dev/waiting.ts';
import { findServer } from './find-server.ts';

export interface Pgpool {
  /** The same database, user and password, reached through the pooler. */
  through(url: string): string;
  stop(): Promise<void>;
}

/**
 * Starts a Pgpool-II before the server of these URLs, whose users may log in. It keeps connections to the server after
 * their client has left, and gives them to the next one.
 */
export async function startPgpool(urls: string[], settings: Record<string, string> = {}): Promise<Pgpool> {
  const port = await freePort();
  const users = urls.map((url) => new URL(url));
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-pgpool-'));
  const file = (name: string) => join(folder, name);
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    socket_dir: folder,
    pcp_socket_dir: folder,
    wd_ipc_socket_dir: folder,
    pcp_port: String(await freePort()),
    pid_file_name: file('pid'),
    logdir: folder,
    work_dir: folder,
    backend_clustering_mode: 'raw',
    backend_hostname0: users[0]!.hostname,
    backend_port0: users[0]!.port,
    backend_weight0: '1',
    enable_pool_hba: 'on',
    pool_passwd: 'pool_passwd',
    num_init_children: '40',
    max_pool: '2',
    connection_cache: 'on',
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value}'\n`);
  await writeFile(file('pgpool.conf'), lines.join(''));
  await writeFile(file('pool_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
  await writeFile(file('pool_passwd'), users.map((u) => `${u.username}:TEXT${u.password}\n`).join(''));
  await writeFile(file('pcp.conf'), '');
  const user = await unprivilegedUser(); // like PgBouncer
  await chmod(folder, 0o700);
  if (user) await giveTo(user, folder);
  const running = startProcess(
    [
      [
        findServer('pgpool'),
        '-n',
        '-f',
        file('pgpool.conf'),
        '-a',
        file('pool_hba.conf'),
        '-F',
        file('pcp.conf'),
      ],
    ],
    { stopSignal: 'INT', removeAfter: folder, user },
  );
  const through = (url: string) => {
    const changed = new URL(url);
    [changed.hostname, changed.port] = ['127.0.0.1', String(port)];
    return changed.href;
  };
  const answers = () => {
    const client = new pg.Client({ connectionString: through(urls[0]!) });
    client.on('error', () => undefined);
    return client
      .connect()
      .then(() => client.query('select 1'))
      .then(
        () => true,
        () => false,
      )
      .finally(() => client.end().catch(() => undefined));
  };
  await untilItAnswers('Pgpool-II', running, answers);
  return { through, stop: () => running.stop() };
}
