import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resources } from '../../dev/resources.ts';
import { startSimulator, type Simulator } from '../../simulator/start.ts';
import { createKey, SSHD, startSshd, type FileServer, type Key } from './file-server.ts';
import { startStandIn, type Received } from './stand-in.ts';

/** Contacts that are made at a time. */
const BATCH = 50_000;

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
  /** For the floor and the cron script: always the stand-in. */
  baseline: Place;
  /** Both file servers accept it. */
  key: Key;
  /** A description of what is measured against. */
  description: string;
  /** What the stand-in has received since the last call. */
  received: () => Received;
  /** Creates this number of people in the simulator; the stand-in matches everyone. */
  know: (people: number) => Promise<void>;
}

/**
 * Starts the stand-in and OpenSSH's sshd, and the simulator if it is wanted or if sshd is not installed. The worker is a
 * process of its own, while this one waits for it.
 */
export async function startActito(resources: Resources, wantsSimulator: boolean): Promise<BenchActito> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-bench-key-'));
  await resources.start(Promise.resolve(), () => rm(folder, { recursive: true }));
  const key = await createKey(folder, 'client_key');
  const sshd = existsSync(SSHD)
    ? await resources.start(startSshd(key), ({ stop }) => stop()).then(({ server }) => server)
    : undefined;
  const simulator = wantsSimulator || !sshd ? await startSimulatorFor(resources, key) : undefined;
  const files = sshd ?? simulator!.files;
  const standIn = await resources.start(startStandIn(files), ({ stop }) => stop());
  const baseline = { baseUrl: standIn.baseUrl, apiKey: 'bench', files };
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
    received: counter(standIn.received),
    know: async (people) => {
      if (wantsSimulator) await seedContacts(simulator!.simulator, people);
    },
  };
}

/** Its SFTP server accepts the key. */
async function startSimulatorFor(
  resources: Resources,
  { publicKey }: Key,
): Promise<Place & { simulator: Simulator }> {
  const options = {
    publicKey,
    importsPerTablePerDay: 1_000,
    pollInterval: 100, // so that a run waits for what the simulator does, not for its next poll
  };
  const simulator = await resources.start(startSimulator(options), (started) => started.stop());
  const { apiUrl, apiKey, sftp } = simulator;
  const files = { ...sftp, path: join(sftp.root, sftp.directory) };
  return { baseUrl: apiUrl, apiKey, files, simulator };
}

/** Gives the simulator a profile for each person, in batches. */
async function seedContacts(simulator: Simulator, people: number): Promise<void> {
  for (let from = 1; from <= people; from += BATCH) {
    const contacts = Array.from({ length: Math.min(BATCH, people - from + 1) }, (_, i) => ({
      emailAddress: `customer${from + i}@example.com`,
    }));
    await simulator.seedContacts(contacts);
  }
}

/** The stand-in counts from its start; the difference is needed. */
function counter(received: Received): BenchActito['received'] {
  let before = { ...received };
  return () => {
    const difference = { imports: received.imports - before.imports, bytes: received.bytes - before.bytes };
    before = { ...received };
    return difference;
  };
}
