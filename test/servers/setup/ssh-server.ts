import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { SftpLogin } from '../../../actito/delivery/sftp.ts';
import { shownKey } from '../../../actito/delivery/host-keys.ts';
import { runCommand } from '../../../bench/commands.ts';
import { freePort } from '../../../dev/ports.ts';
import { startProcess } from '../../../dev/processes.ts';
import { untilItAnswers } from '../../../dev/waiting.ts';
import { findServer } from './find-server.ts';

export type KeyType = 'ed25519' | 'ecdsa' | 'rsa';

/** An OpenSSH server of this machine's package, and its only account: that of the tests. */
export interface SshServer {
  login: SftpLogin;
  /** Its folder for lists. */
  directory: string;
  /** `SHA256:…` of each of its host keys. */
  fingerprints: Record<KeyType, string>;
  stop(): Promise<void>;
}

/**
 * Starts sshd on a free port with host keys of three kinds.
 * @param publicKey the one key that logs in, as OpenSSH writes it
 * @param sftp what serves SFTP, with its options
 * @param more lines of its configuration
 */
export async function startSshServer(
  publicKey: string,
  sftp = 'internal-sftp',
  more = '',
): Promise<SshServer> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-sshd-'));
  const file = (name: string) => join(folder, name);
  const types: KeyType[] = ['ed25519', 'ecdsa', 'rsa'];
  const fingerprints = {} as Record<KeyType, string>;
  for (const type of types) {
    await runCommand('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'test', '-f', file(type)]);
    const [, key] = (await readFile(file(`${type}.pub`), 'utf8')).split(' ');
    fingerprints[type] = shownKey(Buffer.from(key!, 'base64')).fingerprint;
  }
  const [port, directory] = [await freePort(), file('in')];
  await mkdir(directory);
  await writeFile(file('authorized_keys'), `${publicKey}\n`);
  await writeFile(
    file('sshd_config'),
    `ListenAddress 127.0.0.1
    Port ${port}
    ${types.map((type) => `HostKey ${file(type)}`).join('\n')}
    AuthorizedKeysFile ${file('authorized_keys')}
    PidFile none
    StrictModes no
    UsePAM no
    PasswordAuthentication no
    PermitRootLogin prohibit-password
    LogLevel ERROR
    Subsystem sftp ${sftp}
    ${more}`,
  );
  // As root, sshd wants an empty folder here, which a system that never started it lacks.
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true });
  const sshd = startProcess([[findServer('sshd'), '-D', '-e', '-f', file('sshd_config')]], {
    stopSignal: 'TERM',
    removeAfter: folder,
  });
  await untilItAnswers('sshd', sshd, () => answers(port));
  const { username } = userInfo();
  return {
    login: { protocol: 'sftp', host: '127.0.0.1', port, username, hostKeys: [fingerprints.ed25519] },
    directory,
    fingerprints,
    stop: () => sshd.stop(),
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', () => done(true)); // its banner
    socket.once('error', () => done(false));
  });
}
