import { execFileSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shownKey } from '../../../actito/delivery/host-keys.ts';
import type { SftpLogin } from '../../../actito/delivery/sftp.ts';
import { type FtpServer, type FtpServerOptions, startFtpServer } from './ftp-server.ts';
import { proftpdAt } from './ftp-servers.ts';

/** A real SFTP server that is not OpenSSH, and direct access to its folder. */
export interface ProftpdSftp extends Omit<FtpServer, 'login'> {
  login: SftpLogin;
  /** `SHA256:…` of each of its host keys. */
  fingerprints: string[];
}

/** ProFTPD as an SFTP server (mod_sftp), with a password and host keys of three kinds. */
export async function startProftpdSftp(options: FtpServerOptions = {}): Promise<ProftpdSftp> {
  const fingerprints: string[] = [];
  const server = await startFtpServer('ProFTPD with SFTP', options, async (place) => {
    const keys = join(place.own, 'keys');
    await mkdir(keys);
    const files = ['rsa', 'ecdsa', 'ed25519'].map((type) => ({ type, key: join(keys, type) }));
    for (const { type, key } of files) {
      execFileSync('ssh-keygen', ['-q', '-t', type, '-m', 'PEM', '-N', '', '-f', key]);
      const [, shown] = (await readFile(`${key}.pub`, 'utf8')).split(' ');
      fingerprints.push(shownKey(Buffer.from(shown!, 'base64')).fingerprint);
    }
    return proftpdAt(place, 'mod_sftp', [
      'SFTPEngine on',
      `SFTPLog ${join(place.own, 'sftp')}`,
      ...files.map(({ key }) => `SFTPHostKey ${key}`),
    ]);
  });
  const { host, port, username, password } = server.login;
  return {
    ...server,
    fingerprints,
    login: { protocol: 'sftp', host, port, username, password, hostKeys: fingerprints },
  };
}
