import { rm } from 'node:fs/promises';
import { Client, Connection } from '@temporalio/client';
import { createDatabase } from '../../dev/databases.ts';
import { startPostgres } from '../../dev/postgres.ts';
import type { Resources } from '../../dev/resources.ts';
import { startTemporal } from '../../dev/temporal.ts';
import { BUILT_WORKER, WORKER_ENV, WORKER_FLAGS } from '../build.ts';
import { startProgram, stopProgram } from '../program.ts';
import { startActito, type BenchActito } from './actito.ts';
import { seedContacts } from './contacts.ts';
import { writeProject } from './project.ts';
import { BenchWarehouse } from './warehouse.ts';

/** Everything that a run needs, each a process of its own on this machine. */
export interface BenchStand extends BenchActito {
  warehouse: BenchWarehouse;
  /** URL of the state database. */
  stateUrl: string;
  client: Client;
  workerPid: number;
}

/** How big the warehouse is, and how often it changes. */
export interface StandOptions {
  members: number;
  /** How often `warehouse.churn` will be called. */
  churns: number;
  simulator: boolean;
}

/** Starts PostgreSQL, Temporal, Actito and a built worker, all new, with a warehouse of so many members. */
export async function startStand(resources: Resources, options: StandOptions): Promise<BenchStand> {
  const postgres = await resources.start(startPostgres(), (server) => server.stop());
  const temporal = await resources.start(startTemporal({ own: true }), (server) => server.stop());
  const shopUrl = await createDatabase(postgres.adminUrl, 'shop');
  const stateUrl = await createDatabase(postgres.adminUrl, 'actito_sync');
  const warehouse = new BenchWarehouse(shopUrl, options.members);
  await resources.start(warehouse.seed(options.churns), () => warehouse.end());
  const actito = await startActito(resources, options.simulator);
  if (options.simulator) await seedContacts(warehouse.pool, actito.actito.baseUrl);
  const { folder, env } = await writeProject(shopUrl, actito);
  await resources.start(Promise.resolve(), () => rm(folder, { recursive: true }));
  const settings = {
    ...WORKER_ENV,
    TEMPORAL_ADDRESS: temporal.address,
    ACTITO_SYNC_DATABASE_URL: stateUrl,
    ACTITO_SYNC_PROJECT: folder,
  };
  const worker = await resources.start(
    startProgram(BUILT_WORKER, [], { ...env, ...settings }, 'worker is ready', WORKER_FLAGS),
    (started) => stopProgram(started.process),
  );
  const connection = await resources.start(Connection.connect({ address: temporal.address }), (open) =>
    open.close(),
  );
  return {
    ...actito,
    warehouse,
    stateUrl,
    client: new Client({ connection }),
    workerPid: worker.process.pid!,
  };
}
