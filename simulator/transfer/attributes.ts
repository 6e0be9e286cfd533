import {
  chmodSync,
  fchmodSync,
  ftruncateSync,
  futimesSync,
  type Stats,
  truncateSync,
  utimesSync,
} from 'node:fs';
import type { Attributes } from 'ssh2';

/** Converts a file's attributes to SFTP v3; times are in seconds. */
export function attributesOf(stats: Stats): Attributes {
  return {
    mode: stats.mode,
    uid: stats.uid,
    gid: stats.gid,
    size: stats.size,
    atime: Math.floor(stats.atimeMs / 1000),
    mtime: Math.floor(stats.mtimeMs / 1000),
  };
}

/**
 * Changes the requested attributes of a path or an open file. Ignores owners, because ordinary accounts cannot change
 * them.
 */
export function changeAttributes(target: string | number, asked: Partial<Attributes>): void {
  if (asked.uid !== undefined) throw Object.assign(new Error('owners cannot be changed'), { code: 'EPERM' });
  const { size, mode, mtime, atime = mtime } = asked;
  if (typeof target === 'number') {
    if (size !== undefined) ftruncateSync(target, size);
    if (mode !== undefined) fchmodSync(target, mode & 0o7777);
    if (mtime !== undefined) futimesSync(target, atime!, mtime);
  } else {
    if (size !== undefined) truncateSync(target, size);
    if (mode !== undefined) chmodSync(target, mode & 0o7777);
    if (mtime !== undefined) utimesSync(target, atime!, mtime);
  }
}

/** Returns a line like that of `ls -l`. Clients read the type and the permissions from it. */
export function longName(name: string, stats: Stats): string {
  const kind = stats.isDirectory() ? 'd' : '-';
  const permissions = [6, 3, 0].map((shift) => {
    const bits = stats.mode >> shift;
    return (bits & 4 ? 'r' : '-') + (bits & 2 ? 'w' : '-') + (bits & 1 ? 'x' : '-');
  });
  const date = stats.mtime.toISOString().slice(0, 10);
  return `${kind}${permissions.join('')} 1 ${stats.uid} ${stats.gid} ${stats.size} ${date} ${name}`;
}
