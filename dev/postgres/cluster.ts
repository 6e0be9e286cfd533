import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from '../processes.ts';
import { canRun, giveTo, postgresBinaries, unprivilegedUser, type User } from './binaries.ts';

/** The data folder of a PostgreSQL server, and everything needed to run it. */
export interface Cluster {
  folder: string;
  data: string;
  /** The folder of PostgreSQL's programs. */
  bin: string;
  user: User | undefined;
  password: string;
  /** Commands to run before the server, which create what is missing. They read the password from {@link PASSWORD}. */
  prepare: Command[];
}

/** The environment variable that passes the password to the commands. */
export const PASSWORD = 'ACTITO_SYNC_POSTGRES_PASSWORD';

/**
 * Returns the existing or a new cluster in `dataDir`, or a temporary one below `temporary`. The first command creates
 * the folder of a temporary one, so the shell that runs the commands also removes it, even if this process ends early.
 */
export async function cluster(dataDir: string | undefined, temporary = tmpdir()): Promise<Cluster> {
  const user = await unprivilegedUser();
  const native = await postgresBinaries();
  const random = randomBytes(16).toString('hex');
  const copy = user !== undefined && !(await canRun(native, user));
  const below = copy ? tmpdir() : temporary; // a file system in memory may forbid programs
  const folder = dataDir ? resolve(dataDir) : join(below, `actito-sync-postgres-${random.slice(0, 12)}`);
  const data = join(folder, 'cluster');
  if (dataDir || copy) await mkdir(folder, { recursive: true, mode: 0o700 });
  if (copy) await cp(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  if (user && (dataDir || copy)) await giveTo(user, folder);
  const bin = join(copy ? join(folder, 'native') : native, 'bin');

  const exists = (await unlessMissing(stat(data))) !== undefined;
  const password = exists ? await readFile(join(folder, 'password'), 'utf8') : random;
  const makeFolder: Command[] = dataDir || copy ? [] : [['mkdir', '-m', '700', folder]];
  const prepare = exists
    ? []
    : [...makeFolder, ...initialise(bin, folder, data, dataDir ? [] : ['--no-sync'])];
  return { folder, data, bin, user, password, prepare };
}

/** The data folder gets its final name when it is complete, so an interrupted start does not affect the next one. */
function initialise(bin: string, folder: string, data: string, flags: string[]): Command[] {
  const passwordFile = join(folder, 'password');
  const fresh = `${data}.new`;
  const initdb: Command = [
    join(bin, 'initdb'),
    '--pgdata',
    fresh,
    '--username',
    'postgres',
    '--no-instructions',
  ];
  const access = ['--auth', 'scram-sha-256', '--pwfile', passwordFile];
  // PostgreSQL's built-in locale has the upper and lower case of all languages, independent of the machine.
  const locale = ['--encoding', 'UTF8', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'];
  return [
    ['sh', '-c', `umask 077 && printf %s "$${PASSWORD}" > "$1"`, 'sh', passwordFile],
    ['rm', '-rf', fresh],
    [...initdb, ...access, ...locale, ...flags],
    ['mv', fresh, data],
  ];
}

function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
}
