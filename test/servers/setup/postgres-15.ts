import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../../../dev/ports.ts';
import { giveTo, unprivilegedUser, type User } from '../../../dev/postgres/binaries.ts';
import { startProcess, type Command } from '../../../dev/processes.ts';
import { untilItAnswers } from '../../../dev/waiting.ts';
import type { Certificates } from '../../support/certificates.ts';
import { findServer } from './find-server.ts';
import type { Machine } from './machine.ts';

const run = promisify(execFile);

/** PostgreSQL 15 of Debian, on a Unix socket and on TCP, with or without TLS. */
export interface Postgres15 {
  port: number;
  /** The folder of its Unix socket, where every user may log in. */
  socket: string;
  /** A client of the superuser, on the socket. */
  admin: pg.Client;
  stop(): Promise<void>;
}

interface Options {
  settings?: Record<string, string>;
  /** Lines of pg_hba.conf for TCP; default: passwords. */
  access?: string[];
  /** Readable by the user of the server, which needs its key. */
  certificates?: Certificates['server'];
  /** Makes the server a standby of this one. */
  standbyOf?: Postgres15;
  /** Where it runs, if not on this machine: it listens there. */
  machine?: Machine;
}

export async function startPostgres15(options: Options = {}): Promise<Postgres15> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-postgres15-'));
  const [data, socket] = [join(folder, 'data'), join(folder, 'socket')];
  await mkdir(socket);
  const user = await unprivilegedUser();
  if (user) await giveTo(user, folder);
  await makeData(data, options, user);
  const port = await freePort();
  const all: Record<string, string> = {
    listen_addresses: options.machine?.host ?? '127.0.0.1',
    unix_socket_directories: socket,
    fsync: 'off',
    ...options.settings,
  };
  if (options.certificates) {
    const { cert, key } = options.certificates;
    if (user) await giveTo(user, key);
    Object.assign(all, { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key });
  }
  const access = [
    'local all all trust',
    'local replication all trust',
    ...(options.access ?? ['host all all all scram-sha-256']),
  ];
  await writeFile(join(data, 'pg_hba.conf'), `${access.join('\n')}\n`);
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const serve: Command = [findServer('postgres'), '-D', data, '-p', String(port), ...flags];
  const { machine } = options;
  const server = machine
    ? startProcess([machine.run(serve, user)], { stopSignal: 'QUIT', removeAfter: folder })
    : startProcess([serve], { stopSignal: 'QUIT', removeAfter: folder, user });
  const admin = new pg.Client({ host: socket, port, user: 'postgres', database: 'postgres' });
  await untilItAnswers('PostgreSQL 15', server, () => answers(socket, port));
  await admin.connect();
  const stop = async () => {
    await admin.end();
    await server.stop();
  };
  return { port, socket, admin, stop };
}

async function makeData(data: string, { standbyOf }: Options, user: User | undefined): Promise<void> {
  const bin = dirname(await realpath(findServer('postgres'))); // it may be a link
  if (!standbyOf) {
    await run(
      join(bin, 'initdb'),
      ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale', 'C', '--no-sync'],
      user,
    );
    return;
  }
  const from = ['-h', standbyOf.socket, '-p', String(standbyOf.port), '-U', 'postgres'];
  await run(
    join(bin, 'pg_basebackup'),
    ['-D', data, ...from, '-R', '-X', 'stream', '--checkpoint', 'fast', '--no-sync'],
    user,
  );
}

async function answers(host: string, port: number): Promise<boolean> {
  const client = new pg.Client({ host, port, user: 'postgres', database: 'postgres' });
  try {
    await client.connect();
    return true;
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (['ENOENT', 'ECONNREFUSED', '57P03'].includes(code)) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
