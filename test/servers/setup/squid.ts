import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../dev/ports.ts';
import { startProcess } from '../../../dev/processes.ts';
import { untilItAnswers } from '../../../dev/waiting.ts';
import { findServer } from './find-server.ts';
import { ACCOUNT, answers, type Proxy } from './tinyproxy.ts';

/** Starts Squid, which requires an account. @param allowed ports that it connects to; none: any */
export async function startSquid(allowed: number[] = []): Promise<Proxy> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-squid-'));
  await chmod(folder, 0o777); // as root, it changes to a user of its own
  const file = (name: string) => join(folder, name);
  const hash = execFileSync('openssl', ['passwd', '-apr1', ACCOUNT.password]).toString().trim();
  await writeFile(file('accounts'), `${ACCOUNT.user}:${hash}\n`);
  const lines = [
    `http_port 127.0.0.1:${port}`,
    'cache deny all',
    'pid_filename none',
    'access_log none',
    'debug_options ALL,1 26,3', // reports a tunnel at its start; the access log would at its end
    `cache_log ${file('cache.log')}`,
    `coredump_dir ${folder}`,
    'pinger_enable off',
    'shutdown_lifetime 0 seconds',
    `auth_param basic program ${findServer('basic_ncsa_auth')} ${file('accounts')}`,
    'acl known proxy_auth REQUIRED',
    `acl allowed port ${allowed.length > 0 ? allowed.join(' ') : '1-65535'}`,
    'http_access deny !allowed',
    'http_access allow known',
    '',
  ];
  await writeFile(file('squid.conf'), lines.join('\n'));
  const running = startProcess([[findServer('squid'), '-N', '-f', file('squid.conf')]], {
    stopSignal: 'KILL',
    removeAfter: folder,
  });
  await untilItAnswers('Squid', running, () => answers(port));
  const host = `127.0.0.1:${port}`;
  return {
    host,
    url: `http://${ACCOUNT.user}:${ACCOUNT.password}@${host}`,
    tunnels: async () =>
      (await readFile(file('cache.log'), 'utf8'))
        .split('\n')
        .filter((line) => line.includes('tunnelStart: CONNECT ')),
    stop: () => running.stop(),
  };
}
