import type { Client } from '@temporalio/client';
import pg from 'pg';
import type { Resources } from '../../dev/resources.ts';
import { startStack } from '../../dev/stack.ts';
import type { WorkerProcess } from '../../dev/worker.ts';
import { startActito, type BenchActito } from './actito.ts';
import { parentOf } from './cpu.ts';
import { writeProject } from './project.ts';
import { BenchWarehouse } from './warehouse.ts';

/** Everything that a run needs, on this machine; servers and worker are processes of their own. */
export interface BenchStand extends BenchActito {
  warehouse: BenchWarehouse;
  /** URL of the state database. */
  stateUrl: string;
  client: Client;
  workerPid: number;
  /** The pid of PostgreSQL's first process. */
  postgresPid: number;
}

/** How big the warehouse is, and how often it changes. */
export interface StandOptions {
  members: number;
  /** How often `warehouse.churn` will be called. */
  churns: number;
  simulator: boolean;
  /** The folder of Actito's exports, relative to the file server's; then a second activation uses the profile directory. */
  exports?: string;
}

/** Starts PostgreSQL, Temporal, Actito and a built worker, all new, with a warehouse of so many members. */
export async function startStand(resources: Resources, options: StandOptions): Promise<BenchStand> {
  let warehouse!: BenchWarehouse;
  let actito!: BenchActito;
  const stack = await startStack(resources, {
    temporal: { own: true },
    project: async ({ database }) => {
      const shopUrl = await database('shop');
      warehouse = new BenchWarehouse(shopUrl, options.members);
      await resources.start(warehouse.seed(options.churns), () => warehouse.end());
      actito = await startActito(resources, options.simulator);
      await actito.know(await warehouse.size());
      const { folder, env } = await writeProject(shopUrl, actito, options.exports);
      await resources.start(Promise.resolve(), folder.remove);
      return { folder: folder.folder, env };
    },
    worker: { from: 'build' },
  });
  const [worker] = stack.workers as WorkerProcess[];
  const client = await stack.client();
  const { stateUrl } = stack;
  const postgresPid = await pidOfPostgres(stateUrl);
  return { ...actito, warehouse, stateUrl, client, workerPid: worker!.pid, postgresPid };
}

/** Every session is a child of the first process. */
async function pidOfPostgres(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return await parentOf(rows[0]!.pid);
  } finally {
    await client.end();
  }
}
