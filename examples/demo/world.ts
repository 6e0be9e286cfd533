import type { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { bundleWorkflowCode, DefaultLogger, NativeConnection } from '@temporalio/worker';
import pg from 'pg';
import { connectTemporal } from '../../client/connect.ts';
import { createDatabase } from '../../dev/databases.ts';
import { startPostgres } from '../../dev/postgres.ts';
import { startTemporal, type TemporalServer } from '../../dev/temporal.ts';
import { startSimulator, type Simulator } from '../../simulator/start.ts';
import { createWorker } from '../../worker/create-worker.ts';
import { workflowSource } from '../../worker/workflow-source.ts';
import { SEARCH_ATTRIBUTES } from '../../contract/names.ts';
import { assertNoOtherWorker } from './other-worker.ts';
import type { Resources } from '../../dev/resources.ts';

export const PROJECT_FOLDER = 'examples/demo';

/** Everything a run needs, on this machine; each part is there when its promise resolves. */
export interface World {
  temporal: Promise<TemporalServer>;
  /** The database of the activations' state. */
  stateUrl: Promise<string>;
  shopUrl: Promise<string>;
  /** The shop's database, empty. */
  shop: Promise<pg.Client>;
  actito: Promise<Simulator>;
  worker: Promise<unknown>;
  client: Promise<Client>;
}

export interface WorldOptions {
  /** Told what takes long. */
  log: (message: string) => void;
  /** Told when the worker ends although nobody stopped it. */
  onWorkerFailure: (error: unknown) => void;
}

/** Starts all parts at the same time; `resources` ends them. */
export function startWorld(resources: Resources, { log, onWorkerFailure }: WorldOptions): World {
  const postgres = resources.start(startPostgres(), (server) => server.stop());
  const temporal = resources.start(startTemporalForPeople(log), (server) => server.stop(), { abandon: true });
  const actito = resources.start(startSimulator({ pollInterval: 200 }), (simulator) => simulator.stop());
  const workflowBundle = bundleWorkflowCode({ ...workflowSource(), logger: new DefaultLogger('ERROR') });

  const databases = postgres.then(async ({ adminUrl }) => ({
    shopUrl: await createDatabase(adminUrl, 'shop'),
    stateUrl: await createDatabase(adminUrl, 'actito_sync'),
  }));
  const shop = resources.start(
    databases.then(({ shopUrl }) => connectShop(shopUrl)),
    (connection) => connection.end(),
  );
  const client = resources.start(
    temporal.then((server) => connectTemporal(environmentFor(server))),
    (connected) => connected.connection.close(),
    { abandon: true },
  );
  const worker = resources.start(
    (async () => {
      const { shopUrl, stateUrl } = await databases;
      const env = { SHOP_DATABASE_URL: shopUrl, ...actitoEnvironment(await actito) };
      const server = await temporal;
      if (server.origin === 'TEMPORAL_ADDRESS') await assertNoOtherWorker(await client, server.address);
      const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({
        overrideEnvVars: environmentFor(server),
      });
      const connection = await NativeConnection.connect(connectionOptions);
      const settings = { connection, namespace, stateUrl, projectFolder: PROJECT_FOLDER, env };
      const { worker, close } = await createWorker({ ...settings, workflowBundle: await workflowBundle });
      const running = worker.run();
      running.catch(onWorkerFailure);
      return { worker, running, close, connection };
    })(),
    async ({ worker: started, running, close, connection }) => {
      if (started.getState() === 'RUNNING') started.shutdown();
      await running.catch(() => undefined); // it was told to onWorkerFailure
      await close();
      await connection.close();
    },
    { abandon: true },
  );
  const stateUrl = databases.then((urls) => urls.stateUrl);
  const shopUrl = databases.then((urls) => urls.shopUrl);
  return { temporal, stateUrl, shopUrl, shop, actito, worker, client };
}

/** On the ports that people know, when they are free. */
function startTemporalForPeople(log: (message: string) => void): Promise<TemporalServer> {
  const searchAttributes = SEARCH_ATTRIBUTES.map(({ name }) => `${name}=Keyword`);
  return startTemporal({ port: 7233, uiPort: 8233, log, searchAttributes });
}

async function connectShop(connectionString: string): Promise<pg.Client> {
  const connection = new pg.Client({ connectionString });
  connection.on('error', () => undefined); // the query that is under way tells
  await connection.connect();
  return connection;
}

/** The environment of this process, with this server's address. */
function environmentFor({ address }: TemporalServer): Record<string, string> {
  return { ...(process.env as Record<string, string>), TEMPORAL_ADDRESS: address };
}

/** What examples/demo/destinations/actito.yaml asks for. */
function actitoEnvironment({ apiUrl, apiKey, sftp }: Simulator): NodeJS.ProcessEnv {
  return {
    ACTITO_BASE_URL: apiUrl,
    ACTITO_API_KEY: apiKey,
    ACTITO_SFTP_HOST: sftp.host,
    ACTITO_SFTP_PORT: String(sftp.port),
    ACTITO_SFTP_USERNAME: sftp.username,
    ACTITO_SFTP_PASSWORD: sftp.password,
    ACTITO_SFTP_HOST_KEY: sftp.hostKey,
  };
}
