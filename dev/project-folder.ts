import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Simulator } from '../simulator/start.ts';

/** A temporary project folder. */
export interface ProjectFolder {
  folder: string;
  /** Writes a file, e.g. `sources/shop.yaml`. An object becomes YAML. */
  write: (file: string, content: object | string) => Promise<void>;
  remove: () => Promise<void>;
}

/** Creates a temporary project folder with these files. */
export async function makeProjectFolder(
  files: Record<string, object | string> = {},
  name = 'project',
): Promise<ProjectFolder> {
  const folder = await mkdtemp(join(tmpdir(), `actito-sync-${name}-`));
  const write = async (file: string, content: object | string) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), typeof content === 'string' ? content : stringify(content));
  };
  for (const [file, content] of Object.entries(files)) await write(file, content);
  return { folder, write, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Returns the environment variables that {@link destinationOf} refers to. */
export function secretsOf({ apiKey, sftp }: Simulator): Record<string, string> {
  return { ACTITO_API_KEY: apiKey, SFTP_PASSWORD: sftp.password };
}

/** Returns a destination for this simulator, with lists over SFTP. */
export function destinationOf(actito: Simulator): Record<string, unknown> {
  const { host, port, username, directory, hostKey } = actito.sftp;
  const password = { env: 'SFTP_PASSWORD' };
  return {
    baseUrl: actito.apiUrl,
    apiKey: { env: 'ACTITO_API_KEY' },
    entity: actito.entity,
    profileTable: actito.profileTable.name,
    delivery: { protocol: 'sftp', host, port, username, directory, hostKey, password },
    limits: { importsPerTablePerDay: 1_000 },
    contract: { listIdentifiers: 'uniqueAttribute' }, // the simulator's default
  };
}
