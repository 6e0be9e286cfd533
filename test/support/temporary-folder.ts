import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for temporary files that accepts none, and the error of the system. */
interface BadFolder {
  what: string;
  code: string;
  /** Options of a file system of its own; without them it is a plain path. */
  mount?: string;
}

/** Only root can mount: otherwise, kinds that need a mount are omitted. */
export function badFolders(): BadFolder[] {
  const all: BadFolder[] = [
    { what: 'missing', code: 'ENOENT' },
    { what: 'a file', code: 'ENOTDIR' },
    { what: 'full', code: 'ENOSPC', mount: 'size=64k' },
    { what: 'read-only', code: 'EROFS', mount: 'ro' },
  ];
  return all.filter(({ mount }) => mount === undefined || canMount());
}

let mountable: boolean | undefined;
function canMount(): boolean {
  return (mountable ??= withFolder((folder) => {
    try {
      execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder], { stdio: 'ignore' });
      execFileSync('umount', [folder]);
      return true;
    } catch {
      return false;
    }
  }));
}

function withFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'actito-sync-bad-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Makes it the temporary folder of this process for a while. `left` lists its content, and its open files. */
export async function inFolder(
  { what, mount }: BadFolder,
  work: (folder: string, left: () => string[]) => Promise<void>,
): Promise<void> {
  const own = mkdtempSync(join(tmpdir(), 'actito-sync-bad-'));
  const folder = mount === undefined ? join(own, 'none') : own;
  if (what === 'a file') writeFileSync(folder, '');
  if (mount !== undefined) execFileSync('mount', ['-t', 'tmpfs', '-o', mount, 'tmpfs', folder]);
  const usual = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  const left = () => [...(mount === undefined ? [] : readdirSync(folder)), ...openIn(folder)];
  try {
    await work(folder, left);
  } finally {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    if (mount !== undefined) execFileSync('umount', ['--lazy', folder]);
    rmSync(own, { recursive: true });
  }
}

/** Open files of this process, also those without a name, if the system lists them. */
function openIn(folder: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${fd}`);
      return file.startsWith(`${folder}/`) ? [file] : [];
    } catch {
      return []; // closed in the meantime
    }
  });
}
