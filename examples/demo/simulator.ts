import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { environmentOf } from '../../simulator/environment.ts';
import { startSimulator } from '../../simulator/start.ts';
import { generateKeyPair } from '../../simulator/transfer/host-key.ts';
import { contactsOf } from './contacts.ts';
import { DOCUMENTED, exportAll } from './exports.ts';
import { fillDemoShop } from './shop.ts';

/*
 * What docker-compose.yml starts beside the worker: fills the demo's shop unless it is filled, starts the simulator
 * with contacts for it, and writes the file for `node --env-file` that points the worker at it.
 */

/** The simulator's own host name: Actito's file transfer location and the worker must know it by the same. */
const HOST = process.env.SIMULATOR_HOST ?? 'simulator';
/** Shared with the worker. */
const FOLDER = process.env.SIMULATOR_FOLDER ?? '/simulator';

async function main(): Promise<void> {
  const stopped = new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  const shop = new pg.Client({ connectionString: process.env.SHOP_DATABASE_URL });
  await shop.connect();
  await fillDemoShop(shop);

  const simulator = await startSimulator({
    host: HOST,
    apiPort: 8480,
    sftpPort: 8422,
    apiKey: 'development',
    password: 'development',
    hostPrivateKey: await hostKey(),
    ...DOCUMENTED,
  });
  await simulator.seedContacts(await contactsOf(shop));
  await exportAll(simulator);
  await shop.end();
  const lines = Object.entries(environmentOf(simulator)).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(FOLDER, 'environment'), lines.join(''));
  console.log(`Simulated Actito: ${simulator.apiUrl}, ${simulator.contactCount()} contacts`);

  await stopped;
  await simulator.stop();
}

/** Kept, so that a worker still knows the simulator after it was started again. */
async function hostKey(): Promise<string> {
  const file = join(FOLDER, 'host-key');
  await writeFile(file, generateKeyPair().private, { flag: 'wx', mode: 0o600 }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return readFile(file, 'utf8');
}

main().catch((error: Error) => {
  console.error(`The simulator failed: ${error.message}`);
  process.exitCode = 1;
});
