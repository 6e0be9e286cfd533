import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from '../../../dev/processes.ts';
import { findServer } from './find-server.ts';
import {
  type FtpServer,
  type FtpServerOptions,
  PASSWORD,
  type Place,
  startFtpServer,
  USER,
} from './ftp-server.ts';

/** vsftpd, whose data connections must resume the TLS session of the control connection (its default). */
export function startVsftpd(options: FtpServerOptions = {}): Promise<FtpServer> {
  return startFtpServer('vsftpd', options, async ({ host, port, passive, own, home, certificate }) => {
    const file = join(own, 'vsftpd.conf');
    const passwords = join(own, 'passwords');
    await mkdir(join(own, 'empty'));
    await writeFile(passwords, `${PASSWORD}\n`);
    await writeFile(
      file,
      `listen=YES
background=NO
listen_address=${host}
listen_port=${port}
local_enable=NO
anonymous_enable=YES
write_enable=YES
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_world_readable_only=NO
# Anonymous users give an address as their password. Here it must be one of a list, so it is a password.
secure_email_list_enable=YES
email_password_file=${passwords}
anon_umask=022
ftp_username=${USER}
anon_root=${home}
secure_chroot_dir=${join(own, 'empty')}
ssl_enable=YES
allow_anon_ssl=YES
force_anon_data_ssl=YES
force_anon_logins_ssl=YES
rsa_cert_file=${certificate}
ssl_ciphers=HIGH
require_ssl_reuse=YES
pasv_min_port=${passive[0]}
pasv_max_port=${passive[1]}
seccomp_sandbox=NO
xferlog_enable=NO
hide_ids=YES
implicit_ssl=${options.implicit ? 'YES' : 'NO'}
${settings(options)}`,
    );
    return { command: [findServer('vsftpd'), file], username: 'anonymous' };
  });
}

/** ProFTPD, whose data connections must resume the TLS session of the control connection (its default). */
export function startProftpd(options: FtpServerOptions = {}): Promise<FtpServer> {
  return startFtpServer('ProFTPD', options, (place) =>
    proftpdAt(place, 'mod_tls', [
      `PassivePorts ${place.passive.join(' ')}`,
      'TLSEngine on',
      'TLSRequired on',
      'TLSProtocol TLSv1.2 TLSv1.3',
      `TLSLog ${join(place.own, 'tls')}`,
      `TLSECCertificateFile ${place.certificate}`,
      `TLSECCertificateKeyFile ${place.certificate}`,
      ...(options.implicit ? ['TLSOptions UseImplicitSSL'] : []),
    ]),
  );
}

/** Writes the configuration of a ProFTPD with the account `actito`. @param lines of the module that it uses */
export async function proftpdAt(
  { host, port, own, home, user, options }: Place,
  module: 'mod_tls' | 'mod_sftp',
  lines: readonly string[],
): Promise<{ command: Command; username: string }> {
  const [file, passwords] = [join(own, 'proftpd.conf'), join(own, 'passwords')];
  const hash = execFileSync('openssl', ['passwd', '-6', PASSWORD]).toString().trim();
  await writeFile(passwords, `actito:${hash}:${user.uid}:${user.gid}::${home}:/bin/false\n`);
  await chmod(passwords, 0o600);
  await writeFile(
    file,
    `ModulePath ${dirname(findServer(`${module}.so`))}
LoadModule ${module}.c
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
${lines.join('\n')}
${options.quota === undefined ? '' : quotaOf(own, options.quota)}
${settings(options)}`,
  );
  return { command: [findServer('proftpd'), '-n', '-c', file], username: 'actito' };
}

/**
 * Lines that limit the account to this number of bytes. ProFTPD keeps quota tables, which its own tool
 * creates.
 */
function quotaOf(own: string, bytes: number): string {
  const tool = findServer('ftpquota');
  const table = (type: string) => join(own, `quota.${type}`);
  for (const type of ['limit', 'tally']) {
    execFileSync('perl', [tool, '--create-table', `--type=${type}`, `--table-path=${table(type)}`]);
  }
  const limit = ['--quota-type=user', '--limit-type=hard', `--bytes-upload=${bytes}`, '--name=actito'];
  execFileSync('perl', [tool, '--add-record', '--type=limit', ...limit, `--table-path=${table('limit')}`]);
  return `LoadModule mod_quotatab.c
LoadModule mod_quotatab_file.c
QuotaEngine on
QuotaLimitTable file:${table('limit')}
QuotaTallyTable file:${table('tally')}`;
}

/** pure-ftpd, which rejects data connections without TLS and requires no resumption. */
export function startPureFtpd(options: FtpServerOptions = {}): Promise<FtpServer> {
  return startFtpServer(
    'pure-ftpd',
    options,
    async ({ host, port, passive, own, home, certificate, user }) => {
      const [passwords, database] = [join(own, 'passwords'), join(own, 'pureftpd.pdb')];
      const username = `actito-${port}`; // it counts the sessions of an account over all servers of the machine
      const hash = execFileSync('openssl', ['passwd', '-6', PASSWORD]).toString().trim();
      const quota = options.quota === undefined ? ':' : `1000:${options.quota}`; // files and bytes
      if (options.quota !== undefined) {
        const counted = join(home, '.ftpquota');
        await writeFile(counted, '0 0\n');
        await chown(counted, user.uid, user.gid); // without it, nothing is counted
      }
      await writeFile(
        passwords,
        `${username}:${hash}:${user.uid}:${user.gid}::${home}/./::::::${quota}:::::\n`,
      );
      await chmod(passwords, 0o600);
      const program = findServer('pure-ftpd');
      execFileSync(join(dirname(program), '..', 'bin', 'pure-pw'), ['mkdb', database, '-f', passwords]);
      const line =
        `--bind ${host},${port} --login puredb:${database} --noanonymous --minuid 1 --tls 3 --certfile ${certificate}` +
        ` --passiveportrange ${passive.join(':')} --pidfile ${join(own, 'pid')} --dontresolve --chrooteveryone --umask 022:022`;
      const command: Command = [program, ...line.split(' '), ...(options.settings ?? [])];
      return { command, username };
    },
  );
}

function settings({ settings: lines = [] }: FtpServerOptions): string {
  return `${lines.join('\n')}\n`;
}
