import type { Knex } from 'knex';
import type { Client } from 'pg';
import { profileTableOf, type Definition } from '../../activation/definition/definition.ts';
import { KEY_RULES, type KeyRule } from '../../activation/keys/canonical.ts';
import { Failure } from '../../contract/failure.ts';
import { profileChangesTable, profilesTable } from '../names.ts';
import { rows, unlessBusy, type State } from '../state.ts';

/** Which profile directory an activation uses: that of its profile table and of its matching key. */
export interface DirectoryKey {
  /** License, entity and profile table, as a text. */
  profileTable: string;
  /** The attribute of the matching key in Actito. */
  attribute: string;
  keyType: KeyRule['type'];
}

/** A profile directory in the state. */
export interface Directory extends DirectoryKey {
  id: string;
  /** Grows with each export that is read; 0: none was. */
  load: number;
  /** The changes of later loads are all in the log. */
  loggedAfter: number;
  /** When Actito wrote the newest export that was read; null: none was. */
  writtenAt: Date | null;
  /** The version of the rules by which its keys were made canonical. */
  rules: number;
}

/** Returns which directory a definition needs. */
export function directoryKey({
  activation,
  destination,
}: Pick<Definition, 'activation' | 'destination'>): DirectoryKey {
  const { attribute, type: keyType } = activation.matchingKey;
  return { profileTable: JSON.stringify(profileTableOf(destination)), attribute, keyType };
}

const DIRECTORY = `
  select id, profile_table as "profileTable", attribute, key_type as "keyType", cast(load as float8) as load,
         cast(logged_after as float8) as "loggedAfter", written_at as "writtenAt", rules
  from directories`;

const WITH_KEY = 'where profile_table = :profileTable and attribute = :attribute and key_type = :keyType';
const BY_KEY = `${DIRECTORY} ${WITH_KEY}`;

/**
 * Returns the directory that a definition needs, as the transaction of `client` sees it.
 * @throws Failure ExportInvalid if no export was read for it yet
 */
export async function directoryWithin(client: Client, definition: Definition): Promise<Directory> {
  const { profileTable, attribute, keyType } = directoryKey(definition);
  const sql = `${DIRECTORY} where profile_table = $1 and attribute = $2 and key_type = $3 and load > 0`;
  const found = await client.query<Directory>(sql, [profileTable, attribute, keyType]);
  if (found.rows.length === 0) throw new Failure('directoryEmpty', { attribute });
  return found.rows[0]!;
}

/**
 * Returns the directory that a definition needs.
 * @throws Failure ExportInvalid if no export was read for it yet
 */
export async function requireDirectory(
  db: Knex,
  definition: Pick<Definition, 'activation' | 'destination'>,
): Promise<Directory> {
  const [found] = await rows<Directory>(db, `${BY_KEY} and load > 0`, { ...directoryKey(definition) });
  if (!found) throw new Failure('directoryEmpty', { attribute: definition.activation.matchingKey.attribute });
  return found;
}

/** Lets one worker create or drop directories at a time, until its transaction ends. */
const ONE_AT_A_TIME = `select pg_advisory_xact_lock(hashtextextended('directories', 0))`;

/** Returns a directory, and creates its tables first if it is new. Records that it is used, at most twice a day. */
export async function openDirectory(state: State, key: DirectoryKey): Promise<Directory> {
  const used = `${BY_KEY} and used_at > now() - interval '12 hours'`;
  const [existing] = await rows<Directory>(state, used, { ...key });
  if (existing) return existing;
  return state.transaction(async (trx) => {
    await trx.raw(ONE_AT_A_TIME);
    // Whoever locks the row is loading an export, and has recorded it.
    await trx.raw(
      `update directories set used_at = now()
       where id in (select id from directories ${WITH_KEY} for no key update skip locked)`,
      { ...key },
    );
    const [earlier] = await rows<Directory>(trx, BY_KEY, { ...key });
    if (earlier) return earlier;
    const [{ id }] = (await rows<{ id: string }>(
      trx,
      `insert into directories (profile_table, attribute, key_type, rules)
       values (:profileTable, :attribute, :keyType, :rules) returning id`,
      { ...key, rules: KEY_RULES },
    )) as [{ id: string }];
    await trx.raw(`${createProfilesSql(profilesTable(id))}; ${indexProfilesSql(profilesTable(id))};
                   create table ${profileChangesTable(id)} (like profile_changes including comments);
                   create index on ${profileChangesTable(id)} (load)`);
    const [created] = await rows<Directory>(trx, BY_KEY, { ...key });
    return created!;
  });
}

/** SQL: creates a table of profiles, without indexes. */
export function createProfilesSql(table: string): string {
  return `create table ${table} (like profiles including comments)`;
}

/** SQL: the indexes of a table of profiles. They have no names of their own, because a full export replaces the table. */
export function indexProfilesSql(table: string): string {
  return `${uniqueProfilesSql(table)};
          create index on ${table} (key) include (profile_id) where key is not null`;
}

/** SQL: the index by which a profile is in a table only once. */
export function uniqueProfilesSql(table: string): string {
  return `create unique index on ${table} (profile_id)`;
}

/** Returns the ids of all directories. */
export async function directoryIds(db: Knex): Promise<string[]> {
  return (await rows<{ id: string }>(db, 'select id from directories order by id')).map(({ id }) => id);
}

/**
 * Drops the directories that were not used for longer than `age`, in milliseconds, except those whose tables are locked,
 * for example by a backup: the next call drops them. Whoever needs one of them again gets a new one.
 */
export async function dropUnusedDirectories(state: State, age: number): Promise<void> {
  const unused = `select id from directories where used_at < now() - :age * interval '1 millisecond'`;
  for (const { id } of await rows<{ id: string }>(state, unused, { age })) {
    await unlessBusy(state, async (trx) => {
      await trx.raw(ONE_AT_A_TIME);
      const found = await rows(trx, `${unused} and id = :id for update skip locked`, { age, id });
      if (found.length === 0) return; // it was opened meanwhile, or is being loaded
      await trx.raw('update activations set directory = null, directory_load = null where directory = ?', [
        id,
      ]);
      await trx.raw('delete from directories where id = ?', [id]); // with its exports
      await trx.raw(`drop table ${profilesTable(id)}, ${profileChangesTable(id)}`);
    });
  }
}
