import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import mysql from 'mysql2/promise';
import { freePort } from '../../../dev/ports.ts';
import { giveTo, unprivilegedUser, type User } from '../../../dev/postgres/binaries.ts';
import { startProcess } from '../../../dev/processes.ts';
import { untilItAnswers } from '../../../dev/waiting.ts';
import type { Certificates } from '../../support/certificates.ts';
import { findServer } from './find-server.ts';

/** MariaDB of Debian, or another server of its protocol. */
export interface Mariadb {
  host: string;
  port: number;
  /** The path of its Unix socket, if it is on this machine. */
  socket?: string;
  /** Runs a statement as a user who may do everything; values are texts. */
  admin(sql: string): Promise<(string | null)[][]>;
  stop(): Promise<void>;
}

/**
 * Starts a MariaDB with an empty data folder. If the variable TEST_MYSQL_URL has the URL of a running MySQL, that is used
 * instead, for tries with another version.
 * @param certificates with them, the server offers TLS, and can require a certificate of the client
 */
export async function startMariadb(certificates?: Certificates): Promise<Mariadb> {
  const other = process.env.TEST_MYSQL_URL;
  if (other !== undefined && !certificates) return useServer(other);
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-mariadb-'));
  const [data, socket] = [join(folder, 'data'), join(folder, 'socket')];
  await mkdir(data);
  const user = await unprivilegedUser();
  if (user) await giveTo(user, folder);
  await makeData(data, user);
  const port = await freePort();
  const flags = {
    datadir: data,
    socket,
    port,
    'bind-address': '127.0.0.1',
    'pid-file': join(folder, 'pid'),
    'innodb-flush-log-at-trx-commit': 0,
    'innodb-buffer-pool-size': '128M',
  };
  const all = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  if (certificates) {
    const { ca, server } = certificates;
    if (user) await giveTo(user, server.key);
    all.push(`--ssl-ca=${ca}`, `--ssl-cert=${server.cert}`, `--ssl-key=${server.key}`);
  }
  const server = startProcess([[findServer('mariadbd'), '--no-defaults', '--skip-name-resolve', ...all]], {
    stopSignal: 'TERM',
    removeAfter: folder,
    user,
  });
  const settings = { socketPath: socket, user: 'root' };
  await untilItAnswers('MariaDB', server, () => answers(settings));
  const { admin, end } = await administrate(settings);
  const stop = async () => {
    await end();
    await server.stop();
  };
  return { host: '127.0.0.1', port, socket, admin, stop };
}

async function useServer(url: string): Promise<Mariadb> {
  const { hostname: host, port } = new URL(url);
  const { admin, end } = await administrate({ uri: url });
  return { host, port: Number(port), admin, stop: end };
}

async function administrate(settings: mysql.ConnectionOptions) {
  const connection = await mysql.createConnection({ ...settings, multipleStatements: true });
  const admin = async (sql: string) => {
    const [rows] = await connection.query({
      sql,
      rowsAsArray: true,
      typeCast: (field) => field.string(),
    });
    return rows as unknown as (string | null)[][];
  };
  return { admin, end: () => connection.end() };
}

async function answers(settings: mysql.ConnectionOptions): Promise<boolean> {
  try {
    const connection = await mysql.createConnection(settings);
    await connection.end();
    return true;
  } catch {
    return false;
  }
}

/** Creates the system tables, as `mariadb-install-db` does, which is missing something in Debian's core package. */
async function makeData(data: string, user: User | undefined): Promise<void> {
  const program = findServer('mariadbd');
  const share = resolve(program, '../../share/mysql');
  const scripts = ['mysql_system_tables', 'mysql_performance_tables', 'mysql_system_tables_data'];
  const texts = await Promise.all(scripts.map((name) => readFile(join(share, `${name}.sql`), 'utf8')));
  const flags = ['--no-defaults', '--bootstrap', '--skip-networking', `--datadir=${data}`];
  const server = spawn(program, [...flags, `--lc-messages-dir=${share}`], {
    ...user,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  // `root` may log in without a password, on the socket and from this machine.
  server.stdin.end(
    ['create database mysql;', 'use mysql;', 'set @auth_root_socket=NULL;', ...texts, ''].join('\n'),
  );
  const [code] = (await once(server, 'close')) as [number];
  if (code !== 0) throw new Error(`The system tables of MariaDB were not created:\n${said.slice(-2_000)}`);
}
