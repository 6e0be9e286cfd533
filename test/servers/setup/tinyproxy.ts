import { mkdtemp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../dev/ports.ts';
import { startProcess } from '../../../dev/processes.ts';
import { untilItAnswers } from '../../../dev/waiting.ts';
import { findServer } from './find-server.ts';

/** A proxy of these tests. */
export interface Proxy {
  host: string;
  /** Its address, with the required account. */
  url: string;
  /** Log lines about tunnels. */
  tunnels(): Promise<string[]>;
  stop(): Promise<void>;
}

export const ACCOUNT = { user: 'sync', password: 'pass-word' };

/** Starts tinyproxy, which requires an account. @param allowed ports that it connects to; none: any */
export async function startTinyproxy(allowed: number[] = []): Promise<Proxy> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-tinyproxy-'));
  const file = join(folder, 'tinyproxy.conf');
  const lines = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Timeout 60',
    'MaxClients 50',
    'LogLevel Connect',
    `BasicAuth ${ACCOUNT.user} ${ACCOUNT.password}`,
    ...allowed.map((to) => `ConnectPort ${to}`),
    '',
  ];
  await writeFile(file, lines.join('\n'));
  let log = '';
  const running = startProcess([[findServer('tinyproxy'), '-d', '-c', file]], {
    stopSignal: 'KILL',
    removeAfter: folder,
    onOutput: (text) => void (log += text),
  });
  await untilItAnswers('tinyproxy', running, () => answers(port));
  const host = `127.0.0.1:${port}`;
  return {
    host,
    url: `http://${ACCOUNT.user}:${ACCOUNT.password}@${host}`,
    tunnels: async () => log.split('\n').filter((line) => line.includes(': CONNECT ')),
    stop: () => running.stop(),
  };
}

/** Whether something listens there. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
