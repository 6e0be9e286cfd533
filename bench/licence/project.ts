import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Simulator } from '../../simulator/start.ts';
import type { Load } from './stand.ts';

/** The id of the n-th activation, and the name of its list. */
export const activation = (n: number) => `segment-${n}`;
/** The one attribute that the n-th activation maps; its first run creates it. */
export const attribute = (n: number) => `score${n}`;

/** A project folder with so many activations, of one source and one destination. */
export async function writeProject(actito: Simulator, load: Load): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-bench-'));
  const write = async (name: string, content: object) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), stringify(content));
  };
  const { host, port, username, directory, hostKey } = actito.sftp;
  const password = { env: 'SFTP_PASSWORD' };
  await write('sources/shop.yaml', { driver: 'postgres', connection: { env: 'SHOP_DATABASE_URL' } });
  await write('destinations/actito.yaml', {
    baseUrl: actito.apiUrl,
    apiKey: { env: 'ACTITO_API_KEY' },
    entity: actito.entity,
    profileTable: actito.profileTable.name,
    delivery: { protocol: 'sftp', host, port, username, directory, hostKey, password },
    limits: { concurrentCalls: load.calls, importsPerTablePerDay: load.imports },
  });
  for (let n = 1; n <= load.activations; n++) {
    await write(`activations/${activation(n)}.yaml`, {
      source: 'shop',
      destination: 'actito',
      segment: { name: activation(n), query: `select email, score from people where segment = ${n}` },
      matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
      attributes: [{ column: 'score', attribute: attribute(n), create: { type: 'NUMBER' } }],
    });
  }
  return folder;
}
