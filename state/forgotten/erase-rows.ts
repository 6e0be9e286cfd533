import type { Knex } from 'knex';
import { checksumOf } from '../../activation/comparison/marks.ts';
import type { Erased } from '../../contract/forget.ts';
import { tableExists } from '../members/table.ts';
import { membersTable } from '../names.ts';
import { rows } from '../state.ts';
import { forgottenSql } from './digests.ts';
import { eraseProfilesOf } from './erase-profiles.ts';
import { PLACES, type Place } from './places.ts';
import type { Whose } from './source-spellings.ts';

/**
 * Erases a person from an activation, by the digests of a record. A member is found by its key and by its list
 * identifier. The caller must hold the activation's lease.
 * @param spelt the spellings of the key in the source, see sourceSpellings
 */
export async function eraseRows(trx: Knex.Transaction, whose: Whose, spelt: string[]): Promise<Erased> {
  const gone = await eraseMembers(trx, whose);
  const keys = [...spelt, ...gone.map(({ key }) => key)];
  const others: Erased['others'] = {};
  for (const place of PLACES) {
    others[place.table] = (others[place.table] ?? 0) + (await erasePlace(trx, place, whose, keys));
  }
  others.peer_words = await eraseWords(trx, whose);
  const ids = gone.flatMap(({ identifier }) => (identifier === null ? [] : [identifier]));
  Object.assign(others, await eraseProfilesOf(trx, whose.activation, { ids, keys }));
  return { members: gone.length, listed: gone.filter(({ listed }) => listed).length, others };
}

/**
 * Deletes the foreign texts of an activation, also about single rows, because it is unknown whom they name. @returns
 * how many
 */
async function eraseWords(trx: Knex.Transaction, { activation }: Whose): Promise<number> {
  await trx.raw('update reject_history set said = null where activation = ? and said is not null', [
    activation,
  ]);
  await trx.raw(
    'update rejects set said = null where said is not null and run in (select no from runs where activation = ?)',
    [activation],
  );
  const [erased] = await rows<{ count: string }>(
    trx,
    `with gone as (delete from peer_words
                   where run in (select no from runs where activation = ?) returning 1)
     select count(*) as count from gone`,
    [activation],
  );
  return Number(erased!.count);
}

/** Updates the list's number and checksum to the remaining members, and marks the list as dirty. */
async function eraseMembers(trx: Knex.Transaction, { record, activation }: Whose) {
  const members = membersTable(activation);
  if (!(await tableExists(trx, members))) return [];
  const gone = await rows<{
    key: string;
    identifier: string | null;
    listed: boolean;
    identifierMark: string;
  }>(
    trx,
    `delete from ${members} where ${forgottenSql('key', 'record')}
       or (identifier is not null and ${forgottenSql('identifier', 'record')})
     returning key, identifier, listed, identifier_mark as "identifierMark"`,
    { record },
  );
  if (gone.length === 0) return gone;
  const [before] = await rows<{ checksum: string }>(
    trx,
    'select list_checksum as checksum from activations where id = ?',
    [activation],
  );
  const listed = gone.filter((member) => member.listed);
  const marks = listed.map(({ identifierMark }) => -BigInt(identifierMark));
  await trx.raw(
    `update activations
     set version = version + 1, list_members = list_members - :listed, list_checksum = :checksum,
         list_dirty = list_dirty or :listed > 0
     where id = :activation`,
    { activation, listed: listed.length, checksum: checksumOf(BigInt(before!.checksum), ...marks) },
  );
  return gone;
}

/** @returns the number of rows */
async function erasePlace(
  trx: Knex.Transaction,
  { table, key, identifier, scope, spelt }: Place,
  { record, activation }: Whose,
  keys: string[],
): Promise<number> {
  const byKey = spelt === 'canonical' ? `or ${forgottenSql(key, 'record')}` : '';
  const byIdentifier = identifier
    ? `or (${identifier} is not null and ${forgottenSql(identifier, 'record')})`
    : '';
  const byDigest = byKey + byIdentifier;
  const [erased] = await rows<{ count: string }>(
    trx,
    `with gone as (delete from ${table} where ${scope(':activation')}
                   and (${key} = any(cast(:keys as text[])) ${byDigest}) returning 1)
     select count(*) as count from gone`,
    { activation, keys, ...(byDigest === '' ? {} : { record }) },
  );
  return Number(erased!.count);
}
