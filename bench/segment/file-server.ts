import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../dev/ports.ts';
import { startProcess } from '../../dev/processes.ts';
import { untilItAnswers } from '../../dev/waiting.ts';
import { runCommand } from '../commands.ts';

/** An SFTP server that takes one key, and where lists are put on it. */
export interface FileServer {
  host: string;
  port: number;
  username: string;
  /** The folder for lists, as the account sees it. */
  directory: string;
  /** The same folder on this machine's disk. */
  path: string;
  /** Fingerprint, `SHA256:…`. */
  hostKey: string;
}

/** A key pair without a password. */
export interface Key {
  /** Path of the private key. */
  file: string;
  publicKey: string;
}

/** The path in Debian and most other systems. sshd requires its full path. */
export const SSHD = '/usr/sbin/sshd';

/** Creates an ed25519 key pair in a folder. */
export async function createKey(folder: string, name: string): Promise<Key> {
  const file = join(folder, name);
  await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bench', '-f', file]);
  return { file, publicKey: (await readFile(`${file}.pub`, 'utf8')).trim() };
}

/**
 * Starts an OpenSSH server on a free port, with its own host key and configuration. Only the current user can log in.
 * @throws Error with sshd's own output if it does not start
 */
export async function startSshd(client: Key): Promise<{ server: FileServer; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-bench-sshd-'));
  const hostKey = await createKey(folder, 'host_key');
  const [port, path, config] = [await freePort(), join(folder, 'in'), join(folder, 'sshd_config')];
  await mkdir(path);
  await writeFile(join(folder, 'authorized_keys'), `${client.publicKey}\n`);
  await writeFile(config, configuration(folder, port, hostKey));
  // As root, sshd requires an empty folder here, which is missing if it never ran on the system.
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true });
  const sshd = startProcess([[SSHD, '-D', '-e', '-f', config]], { stopSignal: 'TERM', removeAfter: folder });
  await untilItAnswers('sshd', sshd, () => answers(port));
  const username = userInfo().username;
  const server = { host: '127.0.0.1', port, username, directory: path, path };
  return { server: { ...server, hostKey: fingerprint(hostKey) }, stop: () => sshd.stop() };
}

function configuration(folder: string, port: number, hostKey: Key): string {
  return `
    ListenAddress 127.0.0.1
    Port ${port}
    HostKey ${hostKey.file}
    AuthorizedKeysFile ${join(folder, 'authorized_keys')}
    PidFile none
    StrictModes no
    UsePAM no
    PasswordAuthentication no
    KbdInteractiveAuthentication no
    PermitRootLogin prohibit-password
    LogLevel ERROR
    Subsystem sftp internal-sftp
  `;
}

function fingerprint({ publicKey }: Key): string {
  const key = Buffer.from(publicKey.split(' ')[1]!, 'base64');
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('data', () => done(true)); // its banner
    socket.once('error', () => done(false));
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
  });
}
