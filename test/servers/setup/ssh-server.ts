import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { SftpLogin } from '../../../actito/delivery/sftp.ts';
import { shownKey } from '../../../actito/delivery/host-keys.ts';
import { runCommand } from '../../../bench/commands.ts';
import { freePort } from '../../../dev/ports.ts';
import { type Command, startProcess } from '../../../dev/processes.ts';
import { untilItAnswers } from '../../../dev/waiting.ts';
import { findServer } from './find-server.ts';
import type { Machine } from './machine.ts';

export type KeyType = 'ed25519' | 'ecdsa' | 'rsa';

/** An OpenSSH server of this machine's package, with a single account for the tests. */
export interface SshServer {
  login: SftpLogin;
  /** Its folder for lists. */
  directory: string;
  /** `SHA256:…` of each of its host keys. */
  fingerprints: Record<KeyType, string>;
  stop(): Promise<void>;
}

/** The options of an SSH server of these tests. */
export interface SshServerOptions {
  /** The SFTP subsystem, with its options. */
  sftp?: string;
  /** Lines of its configuration, which come first. */
  more?: string;
  /** The folder for lists is a file system of this size, for example `64k`; needs root. */
  diskSize?: string;
  /** Logins go through PAM, with these lines of a service configuration; needs root. */
  pam?: (folder: string) => string;
  /** Where it runs, if not on this machine. */
  machine?: Machine;
}

/**
 * Starts sshd on a free port with host keys of three kinds.
 * @param publicKey the only accepted key, as
 * OpenSSH writes it
 */
export async function startSshServer(
  publicKey: string,
  { sftp = 'internal-sftp', more = '', diskSize, pam, machine }: SshServerOptions = {},
): Promise<SshServer> {
  const host = machine?.host ?? '127.0.0.1';
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
  const options = ['-t', 'tmpfs', '-o', `size=${diskSize}`, 'tmpfs', directory];
  if (diskSize !== undefined) await runCommand('mount', options);
  await writeFile(file('authorized_keys'), `${publicKey}\n`);
  await writeFile(
    file('sshd_config'),
    `${more}
    ${pam ? 'UsePAM yes' : 'UsePAM no'}
    KbdInteractiveAuthentication ${pam ? 'yes' : 'no'}
    PermitRootLogin ${pam ? 'yes' : 'prohibit-password'}
    ListenAddress ${host}
    Port ${port}
    ${types.map((type) => `HostKey ${file(type)}`).join('\n')}
    AuthorizedKeysFile ${file('authorized_keys')}
    PidFile none
    StrictModes no
    PasswordAuthentication no
    LogLevel ERROR
    Subsystem sftp ${sftp}
`,
  );
  // As root, sshd requires an empty folder here, which is missing on a system that never started it.
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true });
  const serve: Command = [findServer('sshd'), '-D', '-e', '-f', file('sshd_config')];
  const command = pam ? await withPam(file('pam'), pam(folder), serve) : serve;
  const sshd = startProcess([machine?.run(command) ?? command], {
    stopSignal: 'TERM',
    removeAfter: folder,
  });
  await untilItAnswers('sshd', sshd, () => answers(host, port));
  const { username } = userInfo();
  return {
    login: { protocol: 'sftp', host, port, username, hostKeys: [fingerprints.ed25519] },
    directory,
    fingerprints,
    stop: async () => {
      if (diskSize !== undefined) await runCommand('umount', ['--lazy', directory]);
      await sshd.stop();
    },
  };
}

/** The command with its own PAM configuration of sshd, which only this process sees. */
async function withPam(file: string, lines: string, command: Command): Promise<Command> {
  await writeFile(file, lines);
  const place = 'mount --bind "$0" /etc/pam.d/sshd && exec "$@"';
  return ['unshare', '--mount', 'sh', '-c', place, file, ...command];
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', () => done(true)); // its banner
    socket.once('error', () => done(false));
  });
}
