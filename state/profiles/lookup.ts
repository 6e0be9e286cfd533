import type { Knex } from 'knex';
import { profilesTable } from '../names.ts';
import { rows } from '../state.ts';

/** What a directory knows of a key: the id of its profile, no profile, or several profiles. */
export type Profile = { id: string } | 'none' | 'several';

/**
 * Looks up keys in a directory.
 * @param keys in the spelling of members
 * @returns one answer per key, in their order
 */
export async function lookUpProfiles(
  db: Knex,
  directory: string,
  keys: readonly string[],
): Promise<Profile[]> {
  const found = await rows<{ key: string; id: string; several: boolean }>(
    db,
    `select key, min(profile_id) as id, count(*) > 1 as several
     from ${profilesTable(directory)} where key = any(cast(:keys as text[])) group by key`,
    { keys },
  );
  const byKey = new Map(found.map(({ key, id, several }) => [key, several ? ('several' as const) : { id }]));
  return keys.map((key) => byKey.get(key) ?? 'none');
}

/** SQL: the keys of a directory whose profile changed after load `after`. */
export function changedKeysSql(changesTable: string, after: number): string {
  return `select distinct key from ${changesTable} where load > ${after}`;
}
