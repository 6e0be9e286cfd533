import { writeFile } from 'node:fs/promises';
import { runCommand } from '../commands.ts';
import type { FileServer, Key } from './file-server.ts';

/** The arguments of OpenSSH's `sftp` for a server, up to and without the batch file. */
export function sftpArguments({ host, port, username }: FileServer, { file }: Key): string[] {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
  const flags = options.flatMap((option) => ['-o', option]);
  return ['-q', '-P', String(port), '-i', file, ...flags, `${username}@${host}`];
}

/** Puts a file on the server with OpenSSH's `sftp`: under a temporary name, then renamed. */
export async function putBySftp(server: FileServer, key: Key, file: string, name: string): Promise<void> {
  const target = `${server.directory}/${name}`;
  const batch = `${file}.batch`;
  await writeFile(batch, `put ${file} ${target}.part\nrename ${target}.part ${target}\n`);
  await runCommand('sftp', ['-b', batch, ...sftpArguments(server, key)]);
}
