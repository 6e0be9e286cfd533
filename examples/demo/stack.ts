import type { Client } from '@temporalio/client';
import pg from 'pg';
import type { Resources } from '../../dev/resources.ts';
import { beginStack, type StartingStack } from '../../dev/stack.ts';
import { environmentOf } from '../../simulator/environment.ts';
import type { Simulator } from '../../simulator/start.ts';
import { DOCUMENTED } from './exports.ts';

export const PROJECT_FOLDER = 'examples/demo';

/** Everything that the demo's runs need; each part is there when its promise resolves. */
export interface DemoStack extends StartingStack {
  shopUrl: Promise<string>;
  /** The shop's database, empty. */
  shop: Promise<pg.Client>;
  actito: Promise<Simulator>;
  connected: Promise<Client>;
}

export interface DemoStackOptions {
  /** Told what takes long. */
  log: (message: string) => void;
  /** Told when the worker ends although nobody stopped it. */
  onWorkerEnd: (error: Error) => void;
}

/** Starts all parts at the same time; `resources` ends them. */
export function beginDemoStack(resources: Resources, { log, onWorkerEnd }: DemoStackOptions): DemoStack {
  const stack = beginStack(resources, {
    temporal: { port: 7233, uiPort: 8233, log }, // the ports that people know, when they are free
    simulators: { actito: { pollInterval: 200, ...DOCUMENTED } },
    project: async ({ simulators }) => ({
      folder: PROJECT_FOLDER,
      env: { SHOP_DATABASE_URL: await shopUrl, ...environmentOf(simulators.get('actito')!) },
    }),
    worker: 'here',
    onWorkerEnd,
  });
  const shopUrl = stack.database('shop');
  const shop = resources.start(shopUrl.then(connectShop), (connection) => connection.end());
  const actito = stack.simulators.then((simulators) => simulators.get('actito')!);
  const connected = stack.client();
  for (const part of [shop, actito, connected]) part.catch(() => undefined); // whoever awaits it sees the error
  return { ...stack, shopUrl, shop, actito, connected };
}

async function connectShop(connectionString: string): Promise<pg.Client> {
  const connection = new pg.Client({ connectionString });
  connection.on('error', () => undefined); // the query that is under way tells
  await connection.connect();
  return connection;
}
