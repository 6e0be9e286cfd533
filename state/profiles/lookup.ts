import type { Knex } from 'knex';
import type { Profile } from '../../activation/comparison/asked-rows.ts';
import { profilesTable } from '../names.ts';
import { rows } from '../state.ts';

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
