import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shownKey } from '../../../actito/delivery/host-keys.ts';
import type { SftpLogin } from '../../../actito/delivery/sftp.ts';
import { findServer } from './find-server.ts';
import { type FtpServer, type FtpServerOptions, PASSWORD, startFtpServer, USER } from './ftp-server.ts';
import { quotaOf } from './ftp-servers.ts';

/** A real SFTP server that is not OpenSSH, and direct access to its folder. */
export interface ProftpdSftp extends Omit<FtpServer, 'login'> {
  login: SftpLogin;
  /** `SHA256:…` of each of its host keys. */
  fingerprints: string[];
}

/** ProFTPD as an SFTP server (mod_sftp), with a password and host keys of three kinds. */
export async function startProftpdSftp(options: FtpServerOptions = {}): Promise<ProftpdSftp> {
  const fingerprints: string[] = [];
  const server = await startFtpServer(
    'ProFTPD with SFTP',
    options,
    async ({ host, port, own, home, user }) => {
      const [file, passwords] = [join(own, 'proftpd.conf'), join(own, 'passwords')];
      const keys = join(own, 'keys');
      await mkdir(keys);
      for (const type of ['rsa', 'ecdsa', 'ed25519']) {
        const key = join(keys, type);
        execFileSync('ssh-keygen', ['-q', '-t', type, '-m', 'PEM', '-N', '', '-f', key]);
        const [, shown] = (await readFile(`${key}.pub`, 'utf8')).split(' ');
        fingerprints.push(shownKey(Buffer.from(shown!, 'base64')).fingerprint);
      }
      const hash = execFileSync('openssl', ['passwd', '-6', PASSWORD]).toString().trim();
      await writeFile(passwords, `actito:${hash}:${user.uid}:${user.gid}::${home}:/bin/false\n`);
      await chmod(passwords, 0o600);
      await writeFile(
        file,
        `ModulePath ${dirname(findServer('mod_sftp.so'))}
LoadModule mod_sftp.c
ServerName actito
ServerType standalone
DefaultAddress ${host}
Port ${port}
UseIPv6 off
UseReverseDNS off
User ${USER}
Group ${USER}
Umask 022
WtmpLog off
PidFile ${join(own, 'pid')}
ScoreboardFile ${join(own, 'scoreboard')}
TransferLog none
SystemLog ${join(own, 'log')}
AllowOverwrite on
AuthUserFile ${passwords}
AuthOrder mod_auth_file.c
RequireValidShell off
DefaultRoot ~
DelayTable ${join(own, 'delay')}
DelayEngine off
SFTPEngine on
SFTPLog ${join(own, 'sftp')}
${['rsa', 'ecdsa', 'ed25519'].map((type) => `SFTPHostKey ${join(keys, type)}`).join('\n')}
${options.quota === undefined ? '' : quotaOf(own, options.quota)}
${(options.settings ?? []).join('\n')}
`,
      );
      return { command: [findServer('proftpd'), '-n', '-c', file], username: 'actito' };
    },
  );
  const { host, port, username, password } = server.login;
  return {
    ...server,
    fingerprints,
    login: { protocol: 'sftp', host, port, username, password, hostKeys: fingerprints },
  };
}
