import { readFile } from 'node:fs/promises';
import type { Project } from '../../config/project.ts';
import { runSql } from '../databases.ts';

/** The database of a source. */
export interface Warehouse {
  /** Id of the source. */
  source: string;
  /** The environment variable that the source asks for. */
  variable: string;
  url: string;
  /** It was made here. */
  own: boolean;
}

/**
 * A database for each source: the one that its variable names, else one made here, filled by the SQL of `seed`.
 * @throws Error when there is a seed, and not exactly one database to fill; or when its SQL fails
 */
export async function warehouses(
  { sources }: Project,
  {
    database,
    seed,
    env,
  }: { database: (name: string) => Promise<string>; seed?: string; env: NodeJS.ProcessEnv },
): Promise<Warehouse[]> {
  const all: Warehouse[] = [];
  for (const [source, { connection }] of sources) {
    const given = env[connection.env];
    const url = given || (await database(`warehouse_${source}`));
    all.push({ source, variable: connection.env, url, own: !given });
  }
  if (seed !== undefined) await fill(all, seed);
  return all;
}

async function fill(all: readonly Warehouse[], seed: string): Promise<void> {
  const [one, ...others] = all.filter(({ own }) => own);
  if (!one || others.length > 0) {
    throw new Error(
      `--seed requires exactly one database that this stack creates; there ${one ? 'are several' : 'is none'}. For a ` +
        'source whose environment variable is set, no database is created.',
    );
  }
  try {
    await runSql(one.url, await readFile(seed, 'utf8'));
  } catch (cause) {
    throw new Error(`--seed ${seed}: ${(cause as Error).message}.`, { cause });
  }
}
