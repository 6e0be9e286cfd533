import type { Knex } from 'knex';
import { membersTable } from '../names.ts';
import { listOf } from '../plan.ts';
import { rows } from '../state.ts';
import { forgottenAmong, forgottenSql } from './digests.ts';
import { PLACES, type Place } from './places.ts';

/** What was found of a person in one activation, and erased: rows. */
export interface Found {
  members: number;
  /** Of these, those on the list that was delivered last. */
  listed: number;
  /** Rows of the other places, by table. */
  others: Record<string, number>;
}

/** Whom it is about, and where. */
export interface Whose {
  record: string;
  activation: string;
  /** Of the activation's phone numbers. */
  country: string | undefined;
}

/** Keys that are looked through at one time. */
const BATCH = 1_000;

/**
 * Erases a person from an activation, by the digests of a record. A member is found by its key and by its list
 * identifier. Only for who holds the activation's lease.
 */
export async function eraseRows(trx: Knex.Transaction, whose: Whose, signal: AbortSignal): Promise<Found> {
  const gone = await eraseMembers(trx, whose);
  const keys = gone.map(({ key }) => key);
  const others: Found['others'] = {};
  for (const place of PLACES) others[place.table] = await erasePlace(trx, place, whose, keys, signal);
  return { members: gone.length, listed: gone.filter(({ listed }) => listed).length, others };
}

/** The list's number and checksum are put to what remains, and what the file server holds is no longer that. */
async function eraseMembers(trx: Knex.Transaction, { record, activation }: Whose) {
  const members = membersTable(activation);
  const [table] = await rows<{ exists: boolean }>(trx, 'select to_regclass(?) is not null as exists', [
    members,
  ]);
  if (!table!.exists) return [];
  const gone = await rows<{ key: string; listed: boolean }>(
    trx,
    `delete from ${members} where ${forgottenSql('key', 'record')}
       or (identifier is not null and ${forgottenSql('identifier', 'record')})
     returning key, listed`,
    { record },
  );
  if (gone.length === 0) return gone;
  await trx.raw('update activations set fingerprint = null where id = ?', [activation]);
  if (!gone.some(({ listed }) => listed)) return gone;
  const left = await listOf(trx, `${members} where listed`);
  await trx.raw(
    `update activations set list_members = :members, list_checksum = :checksum, list_dirty = true
     where id = :activation`,
    { activation, ...left },
  );
  return gone;
}

/** @returns how many rows there were */
async function erasePlace(
  trx: Knex.Transaction,
  place: Place,
  whose: Whose,
  keys: string[],
  signal: AbortSignal,
): Promise<number> {
  const { table, key, scope, spelt } = place;
  const { record, activation } = whose;
  const own = spelt === 'source' ? await spellingsIn(trx, place, whose, signal) : [];
  const byDigest = spelt === 'canonical' ? `or ${forgottenSql(key, 'record')}` : '';
  const [erased] = await rows<{ count: string }>(
    trx,
    `with gone as (delete from ${table} where ${scope}
                   and (${key} = any(cast(:keys as text[])) ${byDigest}) returning 1)
     select count(*) as count from gone`,
    { activation, keys: [...keys, ...own], ...(byDigest === '' ? {} : { record }) },
  );
  return Number(erased!.count);
}

/** The spellings of the person in a place that says keys as the source does; looked through in batches. */
async function spellingsIn(
  trx: Knex.Transaction,
  { table, key, scope }: Place,
  { record, activation, country }: Whose,
  signal: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  await trx.raw(
    `declare spelt no scroll cursor for select distinct ${key} as text from ${table} where ${scope}`,
    { activation },
  );
  for (;;) {
    signal.throwIfAborted();
    const batch = await rows<{ text: string }>(trx, `fetch ${BATCH} from spelt`);
    const texts = batch.map(({ text }) => text);
    found.push(...(await forgottenAmong(trx, texts, country, record)));
    if (batch.length < BATCH) break;
  }
  await trx.raw('close spelt');
  return found;
}
