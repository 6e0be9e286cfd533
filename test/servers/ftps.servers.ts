import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FtpServerOptions, type FtpServer } from './setup/ftp-server.ts';
import { startProftpd, startPureFtpd, startVsftpd } from './setup/ftp-servers.ts';
import { describeFtps } from './setup/ftps-contract.ts';

/** The OpenSSL of a server that supports nothing newer than TLS 1.2. */
const TLS_1_2 = `openssl_conf = default
[default]
ssl_conf = all
[all]
system_default = most
[most]
MaxProtocol = TLSv1.2
`;

/** A server with sessions of TLS 1.2, which are resumed in another way than those of TLS 1.3. */
async function withTls12(start: (options: FtpServerOptions) => Promise<FtpServer>): Promise<FtpServer> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-tls-'));
  const file = join(folder, 'openssl.cnf');
  await writeFile(file, TLS_1_2);
  const server = await start({ env: { OPENSSL_CONF: file } });
  await rm(folder, { recursive: true });
  return server;
}

describeFtps('vsftpd, TLS 1.3, sessions resumed', startVsftpd);
describeFtps('vsftpd, TLS 1.2, sessions resumed', () => withTls12(startVsftpd));
describeFtps('vsftpd, implicit TLS', () => startVsftpd({ implicit: true }));
describeFtps('ProFTPD, TLS 1.3, sessions resumed', startProftpd);
describeFtps('ProFTPD, TLS 1.2, sessions resumed', () => startProftpd({ settings: ['TLSProtocol TLSv1.2'] }));
describeFtps('ProFTPD, implicit TLS', () => startProftpd({ implicit: true }));
describeFtps('pure-ftpd', startPureFtpd);
