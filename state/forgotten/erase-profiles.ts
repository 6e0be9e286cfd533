import type { Knex } from 'knex';
import { profileChangesTable, profilesTable } from '../names.ts';
import { directoryIds } from '../profiles/directory.ts';
import { rows, setTransaction, type State } from '../state.ts';
import { digestOf, forgottenSql, readPepper } from './digests.ts';
import { RECORD_WISH } from './lock.ts';

/** A person's rows in the profile directories. */
interface Found {
  ids: string[];
  keys: string[];
}

/**
 * Erases a record's person from all profile directories: profiles with a forgotten key or id, and logged changes of
 * their keys. A profile that was found by its id tells the person's key, which is then forgotten as well. Activations
 * share directories, so their number of rows is a part of the record. Idempotent.
 */
export async function eraseProfiles(state: State, record: string): Promise<void> {
  for (const directory of await directoryIds(state)) {
    await setTransaction(state, async (trx) => {
      // Waits for an export that is being read, which may have begun before the wish.
      const held = await rows(trx, 'select from directories where id = ? for no key update', [directory]);
      if (held.length === 0) return; // retention has dropped it meanwhile
      const found = await rows<{ id: string; key: string | null }>(
        trx,
        `delete from ${profilesTable(directory)}
         where ${forgottenSql('profile_id', 'record')} or (key is not null and ${forgottenSql('key', 'record')})
         returning profile_id as id, key`,
        { record },
      );
      const keys = found.flatMap(({ key }) => (key === null ? [] : [key]));
      const changes = await eraseChanges(trx, directory, keys, record);
      await forgetKeys(trx, record, keys);
      await trx.raw('update forgotten set profiles = profiles + :erased where no = :record', {
        erased: found.length + changes,
        record,
      });
    });
  }
}

/** The key of a profile that is forgotten by its id must not come back with the segment. */
async function forgetKeys(trx: Knex.Transaction, record: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await trx.raw(RECORD_WISH);
  const pepper = await readPepper(trx);
  await trx.raw(
    `insert into forgotten_digests (digest, record)
     select digest, :record from unnest(cast(:digests as bytea[])) as digest on conflict do nothing`,
    { record, digests: keys.map((key) => digestOf(pepper, key)) },
  );
}

async function eraseChanges(
  trx: Knex.Transaction,
  directory: string,
  keys: readonly string[],
  record: string,
): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `delete from ${profileChangesTable(directory)}
     where key = any(cast(:keys as text[])) or ${forgottenSql('key', 'record')}`,
    { keys, record },
  );
  return rowCount;
}

/**
 * Erases the profiles of an activation's erased members from its directory: their keys and the ids that were on its
 * list, by index. A profile may have got another key since it was put on the list.
 * @returns the number of rows by table; nothing if the activation uses no directory
 */
export async function eraseProfilesOf(
  trx: Knex.Transaction,
  activation: string,
  { ids, keys }: Found,
): Promise<Record<string, number>> {
  const [used] = await rows<{ directory: string | null }>(
    trx,
    'select directory from activations where id = ? for share', // so that retention does not drop it meanwhile
    [activation],
  );
  const directory = used?.directory;
  if (!directory) return {};
  const gone = await rows<{ key: string | null }>(
    trx,
    `delete from ${profilesTable(directory)}
     where profile_id = any(cast(:ids as text[])) or key = any(cast(:keys as text[])) returning key`,
    { ids, keys },
  );
  const all = [...keys, ...gone.flatMap(({ key }) => (key === null ? [] : [key]))];
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `delete from ${profileChangesTable(directory)} where key = any(cast(:keys as text[]))`,
    { keys: all },
  );
  return { profiles: gone.length, profile_changes: rowCount };
}
