import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTROL_PREFIX } from './control/control-routes.ts';
import { startHttpServer } from './http-server.ts';
import { type Inspection, inspect } from './inspection.ts';
import { type SimulatorOptions, withDefaults } from './settings.ts';
import { createCertificate } from './transfer/certificate.ts';
import { fingerprintOf, generateKeyPair } from './transfer/host-key.ts';
import { startFtpsServer } from './transfer/ftps-server.ts';
import { startSftpServer } from './transfer/sftp-server.ts';
import { createWorld, type World } from './world.ts';

export type { SimulatorOptions } from './settings.ts';

/** A running simulator: its addresses and credentials, the inspection, and how to stop it. */
export interface Simulator extends Inspection {
  /** Without a trailing slash. */
  apiUrl: string;
  /** The inspection over HTTP, without a trailing slash. */
  inspectionUrl: string;
  apiKey: string;
  entity: string;
  profileTable: { id: string; name: string };
  sftp: {
    host: string;
    port: number;
    username: string;
    password: string;
    /** The directory of the file transfer location, as the account sees it. */
    directory: string;
    /** The host key's fingerprint, `SHA256:…`. */
    hostKey: string;
    /** The folder on this machine's disk that the account sees as `/`. */
    root: string;
  };
  /** The same account and folder over FTP with explicit TLS; only if `ftpsPort` is set. */
  ftps?: {
    host: string;
    port: number;
    username: string;
    password: string;
    directory: string;
    /** The certificate authority to trust (PEM). */
    ca: string;
  };
  /** Stops everything and removes its files, but not those in a given `directory`. */
  stop(): Promise<void>;
}

/** Starts a simulated Actito with the customer's file server, as described in docs/actito-contract.md. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const cleanups: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    return { ...(await start(options, (cleanup) => cleanups.push(cleanup))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  options: SimulatorOptions,
  atEnd: (cleanup: () => Promise<void>) => void,
): Promise<Omit<Simulator, 'stop'>> {
  const settings = withDefaults(options);
  const { host, apiKey, entity, username, password } = settings;
  const root = options.directory ?? (await mkdtemp(join(tmpdir(), 'actito-simulator-sftp-')));
  if (options.directory === undefined) atEnd(() => rm(root, { recursive: true, force: true }));
  const inbox = join(root, 'in');
  await mkdir(inbox, { recursive: true });

  const hostKey = options.hostPrivateKey ?? generateKeyPair().private;
  const account = { username, password, publicKey: options.publicKey };
  const faults = () => world.faults;
  const sftp = await startSftpServer({ host, port: settings.sftpPort, account, hostKey, root, faults });
  atEnd(() => sftp.stop());
  const ftps = await startFtps(options, { host, account, root, faults });
  if (ftps) atEnd(() => ftps.stop());

  const transfer = { port: sftp.port, root, inbox };
  let world: World = await createWorld(settings, transfer);
  atEnd(() => world.stop());
  const reset = async () => {
    await world.stop();
    sftp.disconnectAll();
    ftps?.disconnectAll();
    await world.exports.clear();
    for (const name of await readdir(inbox)) await rm(join(inbox, name), { recursive: true, force: true });
    world = await createWorld(settings, transfer);
  };
  const inspection = inspect(() => world, reset);
  const http = await startHttpServer({ host, port: settings.apiPort, world: () => world, inspection });
  atEnd(() => http.stop());

  const apiUrl = `http://${host}:${http.port}`;
  const fingerprint = fingerprintOf(hostKey);
  return {
    apiUrl,
    inspectionUrl: apiUrl + CONTROL_PREFIX,
    apiKey,
    entity,
    profileTable: settings.profileTable,
    sftp: { host, port: sftp.port, username, password, directory: '/in', hostKey: fingerprint, root },
    ftps: ftps && { host, port: ftps.port, username, password, directory: '/in', ca: ftps.ca },
    ...inspection,
  };
}

/** Starts the FTPS server if it is requested, and returns it with the certificate authority to trust. */
async function startFtps(
  { ftpsPort: port, ftpsCertificate }: SimulatorOptions,
  shared: Omit<Parameters<typeof startFtpsServer>[0], 'port' | 'certificate'>,
) {
  if (port === undefined) return undefined;
  const certificate = ftpsCertificate ?? (await createCertificate([shared.host, 'localhost']));
  const server = await startFtpsServer({ ...shared, port, certificate });
  return { ...server, ca: certificate.cert };
}
