import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resources } from '../../dev/resources.ts';
import type { Simulator } from '../../simulator/start.ts';
import { startProgram } from '../program.ts';
import { createKey, SSHD, startSshd, type FileServer, type Key } from './file-server.ts';

/** An Actito, real or not, and the file server beside it. */
interface Place {
  baseUrl: string;
  apiKey: string;
  files: FileServer;
}

/** What the worker delivers to, and what the measurements beside it deliver to. */
export interface BenchActito {
  /** The stand-in, or the simulator with its own file server. */
  actito: Place;
  /** For floor and cron script: always the stand-in. */
  baseline: Place;
  /** Both file servers take it. */
  key: Key;
  /** What is measured against, in words. */
  description: string;
  /** What the stand-in has swallowed since the last call. */
  received(): Promise<{ imports: number; bytes: number }>;
}

/**
 * Starts the stand-in and OpenSSH's sshd, and the simulator if it is wanted or if sshd is not installed; each of them is
 * a process of its own.
 */
export async function startActito(resources: Resources, wantsSimulator: boolean): Promise<BenchActito> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-bench-key-'));
  await resources.start(Promise.resolve(), () => rm(folder, { recursive: true }));
  const key = await createKey(folder, 'client_key');
  const sshd = existsSync(SSHD)
    ? await resources.start(startSshd(key), ({ stop }) => stop()).then(({ server }) => server)
    : undefined;
  const simulator = wantsSimulator || !sshd ? await startSimulator(resources, key) : undefined;
  const files = sshd ?? simulator!.files;
  const baseline = { baseUrl: await startStandIn(resources, files), apiKey: 'bench', files };
  const server = sshd
    ? "OpenSSH's sshd"
    : `the simulator's SFTP server, because ${SSHD} is not installed (Debian: apt-get install openssh-server)`;
  return {
    actito: wantsSimulator ? simulator! : baseline,
    baseline,
    key,
    description: wantsSimulator
      ? `the simulator with its own SFTP server; floor and cron script: a stand-in for Actito and ${server}`
      : `a stand-in for Actito that costs nothing; files by SFTP to ${server}`,
    received: counter(baseline.baseUrl),
  };
}

async function startStandIn(resources: Resources, { host, directory }: FileServer): Promise<string> {
  const starting = startProgram<{ baseUrl: string }>('bench/segment/stand-in.ts', host, directory);
  const { place } = await resources.start(starting, ({ program }) => program.stop());
  return place.baseUrl;
}

async function startSimulator(resources: Resources, { publicKey }: Key): Promise<Place> {
  const starting = startProgram<Pick<Simulator, 'apiUrl' | 'apiKey' | 'sftp'>>(
    'bench/segment/simulator.ts',
    publicKey,
  );
  const { place } = await resources.start(starting, ({ program }) => program.stop());
  const { apiUrl, apiKey, sftp } = place;
  return { baseUrl: apiUrl, apiKey, files: { ...sftp, path: join(sftp.root, sftp.directory) } };
}

/** The stand-in counts from its start; what is wanted is the difference. */
function counter(baseUrl: string): BenchActito['received'] {
  let before = { imports: 0, bytes: 0 };
  return async () => {
    const now = (await (await fetch(`${baseUrl}/received`)).json()) as typeof before;
    const difference = { imports: now.imports - before.imports, bytes: now.bytes - before.bytes };
    before = now;
    return difference;
  };
}
