import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findServer, requireServers } from './setup/find-server.ts';

/** A folder of programs that do nothing. */
async function folderWith(...programs: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'servers-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const program of programs) {
    await mkdir(join(folder, program, '..'), { recursive: true });
    await writeFile(join(folder, program), '');
    await chmod(join(folder, program), 0o755);
  }
  return folder;
}

test('a server in the cache is preferred to an installed one', async () => {
  const [cache, installed] = [await folderWith('servers/usr/sbin/vsftpd'), await folderWith('vsftpd')];
  expect(findServer('vsftpd', { ACTITO_SYNC_CACHE: cache, PATH: installed })).toBe(
    join(cache, 'servers/usr/sbin/vsftpd'),
  );
  expect(findServer('vsftpd', { ACTITO_SYNC_CACHE: installed, PATH: installed })).toBe(
    join(installed, 'vsftpd'),
  );
});

test('a missing server is an error that names its package, and nothing is skipped', async () => {
  const nothing = { ACTITO_SYNC_CACHE: await folderWith(), PATH: '' };
  expect(() => findServer('mod_tls.so', nothing)).toThrow('mod_tls.so (package proftpd-mod-crypto)');
  expect(() => requireServers(nothing)).toThrow('vsftpd (package vsftpd), proftpd (package proftpd-core)');
});
