import { readFile } from 'node:fs/promises';
import { makeProjectFolder, type ProjectFolder } from '../../dev/project-folder.ts';
import type { BenchActito } from './actito.ts';
import { SEGMENT } from './warehouse.ts';

/** The one activation of the bench. */
export const ACTIVATION = 'bench';
/** The same segment as a list of profile IDs, which are looked up in the profile directory. */
export const WITH_DIRECTORY = 'bench-directory';

/** A project folder, and the environment that its files refer to. */
export interface BenchProject {
  folder: ProjectFolder;
  env: NodeJS.ProcessEnv;
}

/** The file of an activation's list. */
export const listFile = (activation: string) => `${activation}.csv`;

/**
 * Writes a project folder with one activation. All settings are defaults, except those that make no sense on one
 * machine.
 * @param exports if given, a second activation uses the profile directory, from exports in this folder
 */
export async function writeProject(
  warehouse: string,
  { actito, key }: BenchActito,
  exports?: string,
): Promise<BenchProject> {
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
      ...(exports === undefined ? {} : { profiles: profilesIn(`${directory}/${exports}`) }),
    },
    [`activations/${ACTIVATION}.yaml`]: activation(ACTIVATION),
    ...(exports === undefined
      ? {}
      : { [`activations/${WITH_DIRECTORY}.yaml`]: activation(WITH_DIRECTORY, { identifier: 'profileId' }) }),
  };
  const env = {
    SHOP_DATABASE_URL: warehouse,
    ACTITO_API_KEY: actito.apiKey,
    ACTITO_SFTP_PRIVATE_KEY: await readFile(key.file, 'utf8'),
  };
  return { folder: await makeProjectFolder(files), env };
}

function activation(id: string, list: object = {}): object {
  return {
    source: 'shop',
    destination: 'actito',
    segment: { name: id, query: SEGMENT },
    matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
    attributes: [
      { column: 'first_name', attribute: 'firstName' },
      { column: 'country', attribute: 'country' },
      { column: 'spent', attribute: 'spent', create: { type: 'NUMBER' } },
      { column: 'orders', attribute: 'orders', create: { type: 'INTEGER' } },
      { column: 'last_order_at', attribute: 'lastOrderAt', create: { type: 'TIMESTAMP' } },
    ],
    list: { fileName: listFile(id), ...list },
  };
}

function profilesIn(directory: string): object {
  return {
    export: {
      directory,
      file: 'profiles_$yyyyMMdd.csv',
      full: 'profiles_full_$yyyyMMdd.csv',
      columns: { profileId: 'profileId', emailAddress: 'emailAddress' },
    },
    maxAge: '60 days', // every round has an export of a day of its own
  };
}
