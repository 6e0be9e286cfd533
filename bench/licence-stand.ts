import type { Client } from '@temporalio/client';
import { runSql } from '../dev/databases.ts';
import { destinationOf, makeProjectFolder, secretsOf } from '../dev/project-folder.ts';
import type { Resources } from '../dev/resources.ts';
import { startStack } from '../dev/stack.ts';
import type { Simulator } from '../simulator/start.ts';

/** The load of the measurement, and its limits. */
export interface Load {
  activations: number;
  /** Per segment. No member is in two segments. */
  members: number;
  workers: number;
  calls: number;
  imports: number;
  /** Milliseconds that each call takes in addition to its work. */
  slow: number;
}

/** Actito in this process, and several workers as separate processes. */
export interface LicenceStand {
  actito: Simulator;
  client: Client;
  /** The e-mail addresses of the n-th segment. */
  segment(n: number): string[];
}

/** The id of the n-th activation, and the name of its list. */
export const activation = (n: number) => `segment-${n}`;
/** The one attribute that the n-th activation maps; its first run creates it. */
export const attribute = (n: number) => `score${n}`;

const email = (id: number) => `customer${id}@example.com`;

/** Starts a completely new stand. */
export async function startLicenceStand(resources: Resources, load: Load): Promise<LicenceStand> {
  const { members, workers, imports, slow } = load;
  const people = load.activations * members;
  const stack = await startStack(resources, {
    temporal: { own: true },
    simulators: { actito: { importsPerTablePerDay: imports } },
    project: async ({ simulators, database }) => {
      const actito = simulators.get('actito')!;
      const shopUrl = await database('shop');
      await runSql(
        shopUrl,
        `create table people as
         select 1 + (i - 1) / ${members} as segment, 'customer' || i || '@example.com' as email, i / 100.0 as score
         from generate_series(1, ${people}) i`,
      );
      await actito.seedContacts(Array.from({ length: people }, (_, i) => ({ emailAddress: email(i + 1) })));
      if (slow > 0) actito.setFault('slow', { milliseconds: slow });
      const folder = await resources.start(makeProjectFolder(filesOf(actito, load)), (made) => made.remove());
      return { folder: folder.folder, env: { SHOP_DATABASE_URL: shopUrl, ...secretsOf(actito) } };
    },
    worker: { from: 'sources', count: workers },
  });
  return {
    actito: stack.simulators.get('actito')!,
    client: await stack.client(),
    segment: (n) => Array.from({ length: members }, (_, i) => email((n - 1) * members + i + 1)),
  };
}

/** A project with this number of activations, and one source and one destination. */
function filesOf(actito: Simulator, { activations, calls, imports }: Load): Record<string, object> {
  const files: Record<string, object> = {
    'sources/shop.yaml': { driver: 'postgres', connection: { env: 'SHOP_DATABASE_URL' } },
    'destinations/actito.yaml': {
      ...destinationOf(actito),
      limits: { concurrentCalls: calls, importsPerTablePerDay: imports },
    },
  };
  for (let n = 1; n <= activations; n++) {
    files[`activations/${activation(n)}.yaml`] = {
      source: 'shop',
      destination: 'actito',
      segment: { name: activation(n), query: `select email, score from people where segment = ${n}` },
      matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
      attributes: [{ column: 'score', attribute: attribute(n), create: { type: 'NUMBER' } }],
    };
  }
  return files;
}
