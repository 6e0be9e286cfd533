import { readFile } from 'node:fs/promises';
import { makeProjectFolder, type ProjectFolder } from '../../dev/project-folder.ts';
import type { BenchActito } from './actito.ts';
import { SEGMENT } from './warehouse.ts';

/** The one activation of the bench. */
export const ACTIVATION = 'bench';
/** The file of its list. */
export const LIST_FILE = 'bench.csv';

/** A project folder, and the environment that its files refer to. */
export interface BenchProject {
  folder: ProjectFolder;
  env: NodeJS.ProcessEnv;
}

/**
 * Writes a project folder with one activation. All settings are defaults, except those that make no sense on one
 * machine.
 */
export async function writeProject(warehouse: string, { actito, key }: BenchActito): Promise<BenchProject> {
  const { host, port, username, directory, hostKey } = actito.files;
  const privateKey = { env: 'ACTITO_SFTP_PRIVATE_KEY' };
  const files = {
    'sources/shop.yaml': { driver: 'postgres', connection: { env: 'SHOP_DATABASE_URL' } },
    'destinations/actito.yaml': {
      baseUrl: actito.baseUrl,
      apiKey: { env: 'ACTITO_API_KEY' },
      entity: 'shop',
      profileTable: 'Profiles',
      delivery: { protocol: 'sftp', host, port, username, directory, hostKey, privateKey },
      contract: { compression: 'none', listIdentifiers: 'uniqueAttribute' }, // everything is on one machine, so packing would take longer than sending
      limits: { importsPerTablePerDay: 1_000 }, // 10 M members need more than a license's daily imports
    },
    [`activations/${ACTIVATION}.yaml`]: {
      source: 'shop',
      destination: 'actito',
      segment: { name: 'Bench', query: SEGMENT },
      matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
      attributes: [
        { column: 'first_name', attribute: 'firstName' },
        { column: 'country', attribute: 'country' },
        { column: 'spent', attribute: 'spent', create: { type: 'NUMBER' } },
        { column: 'orders', attribute: 'orders', create: { type: 'INTEGER' } },
        { column: 'last_order_at', attribute: 'lastOrderAt', create: { type: 'TIMESTAMP' } },
      ],
      list: { fileName: LIST_FILE },
    },
  };
  const env = {
    SHOP_DATABASE_URL: warehouse,
    ACTITO_API_KEY: actito.apiKey,
    ACTITO_SFTP_PRIVATE_KEY: await readFile(key.file, 'utf8'),
  };
  return { folder: await makeProjectFolder(files), env };
}
