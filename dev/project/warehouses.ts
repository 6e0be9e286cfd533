import { readFile } from 'node:fs/promises';
import { infoOf } from '../../activation/definition/source.ts';
import type { Project } from '../../config/project.ts';
import { runSql } from '../databases.ts';

/** The database of a source. */
export interface Warehouse {
  /** The id of the source. */
  source: string;
  /** The environment variable in the source's file. */
  variable: string;
  url: string;
  /** This stack created it. */
  own: boolean;
}

/**
 * Returns a database for each source of PostgreSQL: the one in its environment variable, otherwise a new one, which the
 * SQL of `seed` fills.
 * @throws Error when there is a seed but not exactly one new database, or when the SQL fails
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
  for (const [source, { driver, connection }] of sources) {
    // Any other source is read as it is configured, because this stack has no server of its kind.
    if (!infoOf(driver).createdByDev || !('env' in connection)) continue;
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
        'source whose environment variable is set, or that is not PostgreSQL, no database is created.',
    );
  }
  try {
    await runSql(one.url, await readFile(seed, 'utf8'));
  } catch (cause) {
    throw new Error(`--seed ${seed}: ${(cause as Error).message}.`, { cause });
  }
}
