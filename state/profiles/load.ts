import type { Client } from 'pg';
import { KEY_RULES } from '../../activation/keys/canonical.ts';
import { Failure } from '../../contract/failure.ts';
import { withRows } from '../copy.ts';
import { forgottenSql } from '../forgotten/digests.ts';
import { HOLD_WISHES } from '../forgotten/lock.ts';
import { profileChangesTable, profilesTable } from '../names.ts';
import { withConnection, type State } from '../state.ts';
import { OUR_SETTINGS } from '../transactions.ts';
import { openDirectory, type Directory } from './directory.ts';
import { exportRecords, recordExportsSql, type ExportVersion } from './exports.ts';
import { stageProfiles, type Staged } from './stage.ts';

/** What became of an export. */
export interface Loaded {
  /** The directory's number for it. */
  load: number;
  profiles: number;
  /** Profiles whose key cannot be used. They match no member. */
  unusable: number;
}

/** A full export with less than this share of the known profiles is used only if a person has said so. */
const LEAST_SHARE = 0.5;
/** The log keeps this number of loads. An activation that did not run for longer looks up its whole segment. */
const KEPT_LOADS = 60;

export interface ExportContent {
  /** `day` (yyyy-MM-dd) is that of the export. */
  file: ExportVersion & { day?: string | null };
  /** A hash of the settings by which it is read. */
  settings: string;
  /** Batches of whole lines of COPY text: profile id, key as the export spells it. */
  lines: AsyncIterable<Buffer>;
  /** A person has said that a full export may have far fewer profiles than are known. */
  mayShrink?: boolean;
}

/**
 * Takes an export into a directory, in one transaction: a full one replaces all profiles, a daily one adds and changes
 * some. The same export again changes nothing. Several workers take turns.
 * @returns null if another load came in between, so the caller must choose again: this file may be older than that one
 * @throws Failure ExportInvalid if a full export has less than half of the known profiles, or none
 */
export async function loadExport(
  state: State,
  directory: Directory,
  { file, settings, lines, mayShrink = false }: ExportContent,
): Promise<Loaded | null> {
  return inTurn(state, directory, async (client, load) => {
    if (load - 1 !== directory.load) return null;
    const staged = await stageProfiles(state, client, directory, {
      load,
      lines,
      replaces: file.kind === 'full',
    });
    if (file.kind === 'full') {
      if (!mayShrink) await requireSize(client, directory, file, staged);
      await replaceProfiles(client, directory, staged, load);
    } else {
      await mergeProfiles(client, directory, staged, load);
    }
    await dropForgotten(client, directory, load, staged);
    const { profiles, unusable } = staged;
    const known = { directory: directory.id, settings };
    await client.query(recordExportsSql('$1'), [
      exportRecords(known, [file], { status: 'read', load, profiles }),
    ]);
    // A server's clock may be ahead. A file cannot be younger than the day after its own, whatever the time zone. If the
    // server reports no time, it is as old as the end of its day.
    const endOf = (days: number) => `cast(cast($3 as date) + ${days} as timestamp) at time zone 'UTC'`;
    const written = `least(coalesce($2, ${endOf(1)}, now()), ${endOf(2)}, now())`;
    // The first export after a change of the settings says how old the directory is, whatever was read before.
    const former = `case when exists (select from exports where directory = $1 and load < ${load}) then written_at end`;
    await client.query(`update directories set written_at = greatest(${former}, ${written}) where id = $1`, [
      directory.id,
      file.modified,
      file.day ?? null,
    ]);
    return { load, profiles, unusable };
  });
}

/**
 * Makes the keys of a directory canonical again, if they were stored under other rules. A key that gets another
 * spelling counts as changed.
 * @returns the directory as it is then
 */
export async function renewDirectory(state: State, directory: Directory): Promise<Directory> {
  if (directory.rules === KEY_RULES) return directory;
  if (directory.load === 0) {
    await state.raw('update directories set rules = ? where id = ?', [KEY_RULES, directory.id]);
    return { ...directory, rules: KEY_RULES };
  }
  const stored = `select profile_id, coalesce(key, '') from ${profilesTable(directory.id)}`;
  await inTurn(state, directory, async (client, load) => {
    const { rows } = await client.query('select from directories where id = $1 and rules = $2', [
      directory.id,
      KEY_RULES,
    ]);
    if (rows.length > 0) return null; // another worker has done it meanwhile
    // Within the turn, so that no load comes between reading and replacing. The transaction of the rows ends with the
    // last one, before their table is dropped.
    const staged = await withRows(state, stored, (lines) =>
      stageProfiles(state, client, directory, { load, lines, replaces: true }),
    );
    await replaceProfiles(client, directory, staged, load);
    await dropForgotten(client, directory, load, staged);
    await client.query('update directories set rules = $2 where id = $1', [directory.id, KEY_RULES]);
    return load;
  });
  return openDirectory(state, directory);
}

/** Runs one load of a directory at a time, with the number of the load. If `work` returns null, nothing happens. */
async function inTurn<T>(
  state: State,
  { id }: Directory,
  work: (client: Client, load: number) => Promise<T>,
): Promise<T> {
  return withConnection(state, async (client) => {
    await client.query(
      `begin; ${OUR_SETTINGS}; set local work_mem = '128MB'; set local maintenance_work_mem = '256MB'`,
    );
    const { rows } = await client.query<{ load: number }>(
      'select cast(load + 1 as float8) as load from directories where id = $1 for no key update',
      [id],
    );
    const { load } = rows[0]!;
    const result = await work(client, load);
    if (result === null) {
      await client.query('rollback');
      return result;
    }
    await client.query(
      'update directories set load = $2, logged_after = greatest(logged_after, $3) where id = $1',
      [id, load, load - KEPT_LOADS],
    );
    await client.query(`delete from ${profileChangesTable(id)} where load <= ${load - KEPT_LOADS}`);
    await client.query('commit');
    return result;
  });
}

/** Only profiles with a usable key count, so an export whose key column is empty is refused as well. */
async function requireSize(
  client: Client,
  { id }: Directory,
  { name: file }: ExportVersion,
  { table }: Staged,
): Promise<void> {
  const { rows } = await client.query<{ known: number; profiles: number }>(
    `select cast((select count(key) from ${profilesTable(id)}) as float8) as known,
            cast((select count(key) from ${table}) as float8) as profiles`,
  );
  const { known, profiles } = rows[0]!;
  if (profiles > 0 && profiles >= known * LEAST_SHARE) return;
  throw new Failure('exportShrunk', { file, profiles, known });
}

/** Replaces all profiles by the staged ones, and logs the keys whose profile differs. */
async function replaceProfiles(
  client: Client,
  { id }: Directory,
  { table }: Staged,
  load: number,
): Promise<void> {
  const profiles = profilesTable(id);
  const differing = `
    select unnest(array[former.key, latest.key]) as key
    from ${profiles} former full join ${table} latest using (profile_id)
    where former.key is distinct from latest.key`;
  await log(client, id, load, differing);
  await client.query(
    `drop table ${profiles}; alter table ${table} rename to ${profiles}; analyze ${profiles}`,
  );
}

/** Adds and changes the staged profiles, and logs their former and latest keys. */
async function mergeProfiles(
  client: Client,
  { id }: Directory,
  { table }: Staged,
  load: number,
): Promise<void> {
  const profiles = profilesTable(id);
  await client.query(
    `create temporary table differing on commit drop as
     select latest.profile_id, latest.key, former.key as former
     from ${table} latest left join ${profiles} former using (profile_id)
     where former.profile_id is null or former.key is distinct from latest.key`,
  );
  await log(client, id, load, 'select unnest(array[former, key]) as key from differing');
  await client.query(
    `insert into ${profiles} (profile_id, key) select profile_id, key from differing
     on conflict (profile_id) do update set key = excluded.key`,
  );
  await client.query(`drop table ${table}`);
}

/**
 * Deletes the profiles of people who asked to be forgotten, also of those who asked during the load. It is the last
 * step, because wishes wait from here on until the transaction ends.
 */
async function dropForgotten(
  client: Client,
  { id }: Directory,
  load: number,
  { forgottenKeys, forgotten }: Staged,
): Promise<void> {
  const profiles = profilesTable(id);
  if (await forgottenKeys.readNew(client, HOLD_WISHES)) {
    const isForgotten = `${forgottenSql('profile_id')} or (key is not null and ${forgottenSql('key')})`;
    await client.query(
      `delete from ${profiles} where ${isForgotten};
       delete from ${profileChangesTable(id)} where load = ${load} and ${forgottenSql('key')}`,
    );
  }
  if (forgotten.length === 0) return;
  await client.query(`delete from ${profiles} where profile_id = any($1)`, [forgotten]);
}

/** Nothing can have changed before the first load. */
async function log(client: Client, id: string, load: number, keys: string): Promise<void> {
  if (load === 1) return;
  await client.query(
    `insert into ${profileChangesTable(id)} (load, key) select ${load}, key from (${keys}) as changed where key is not null`,
  );
}
