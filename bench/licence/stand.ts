import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { createDatabase } from '../../dev/databases.ts';
import { startPostgres } from '../../dev/postgres.ts';
import { startTemporal } from '../../dev/temporal.ts';
import { startSimulator, type Simulator } from '../../simulator/start.ts';
import { startProgram } from '../program.ts';
import { writeProject } from './project.ts';

/** How much is done at once, with which limits. */
export interface Load {
  activations: number;
  /** Of each segment; no member is in two. */
  members: number;
  workers: number;
  calls: number;
  imports: number;
  /** Milliseconds that each call takes beside its work. */
  slow: number;
}

/** Actito in this process, and several workers as processes of their own. */
export interface LicenceStand {
  actito: Simulator;
  client: Client;
  /** The e-mail addresses of the n-th segment. */
  segment(n: number): string[];
  stop(): Promise<void>;
}

const email = (id: number) => `customer${id}@example.com`;

/** All of it anew: nothing ever ran here. */
export async function startLicenceStand(load: Load): Promise<LicenceStand> {
  const { activations, members, workers, imports, slow } = load;
  const people = activations * members;
  const postgres = await startPostgres();
  const temporal = await startTemporal();
  const shopUrl = await createDatabase(postgres.adminUrl, 'shop');
  await seedWarehouse(shopUrl, members, people);
  const actito = await startSimulator({ importsPerTablePerDay: imports });
  await actito.seedContacts(Array.from({ length: people }, (_, i) => ({ emailAddress: email(i + 1) })));
  if (slow > 0) actito.setFault('slow', { milliseconds: slow });
  const folder = await writeProject(actito, load);
  const env = {
    SHOP_DATABASE_URL: shopUrl,
    ACTITO_API_KEY: actito.apiKey,
    SFTP_PASSWORD: actito.sftp.password,
    ACTITO_SYNC_DATABASE_URL: await createDatabase(postgres.adminUrl, 'actito_sync'),
    ACTITO_SYNC_PROJECT: folder,
    TEMPORAL_ADDRESS: temporal.address,
  };
  const programs = await Promise.all(
    Array.from({ length: workers }, () => startProgram('worker/main.ts', [], env, 'worker is ready')),
  );
  const client = new Client({ connection: await Connection.connect({ address: temporal.address }) });
  return {
    actito,
    client,
    segment: (n) => Array.from({ length: members }, (_, i) => email((n - 1) * members + i + 1)),
    stop: async () => {
      for (const { process: child } of programs) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await client.connection.close();
      await Promise.all([actito.stop(), temporal.stop(), postgres.stop(), rm(folder, { recursive: true })]);
    },
  };
}

async function seedWarehouse(url: string, members: number, people: number): Promise<void> {
  const warehouse = new pg.Client({ connectionString: url });
  await warehouse.connect();
  await warehouse.query(
    `create table people as
     select 1 + (i - 1) / ${members} as segment, 'customer' || i || '@example.com' as email, i / 100.0 as score
     from generate_series(1, ${people}) i`,
  );
  await warehouse.end();
}
