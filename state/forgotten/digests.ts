import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { peopleWithin } from '../../activation/keys/spellings.ts';
import { rows } from '../state.ts';

/** SQL: the digest of a text column; equal to {@link digestOf}. */
function digestSql(column: string): string {
  return `sha256((select pepper from forgotten_pepper) || convert_to(${column}, 'UTF8'))`;
}

/** SQL: a text column, in the spelling of stored keys, is a forgotten key of anyone, or of record `:record`. */
export function forgottenSql(column: string, whose: 'anyone' | 'record' = 'anyone'): string {
  const condition = whose === 'record' ? 'where record = :record' : '';
  return `${digestSql(column)} in (select digest from forgotten_digests ${condition})`;
}

/**
 * Returns the digest of a forgotten key. It is computed here and not in SQL if the database has never contained the
 * key.
 */
export function digestOf(pepper: Buffer, spelling: string): Buffer {
  return createHash('sha256').update(pepper).update(spelling).digest();
}

/** The secret that seeds the digests of this state. */
export async function readPepper(db: Knex): Promise<Buffer> {
  const [row] = await rows<{ pepper: Buffer }>(db, 'select pepper from forgotten_pepper');
  return row!.pepper;
}

/** Whether anyone was ever forgotten. */
export async function isAnyoneForgotten(db: Knex): Promise<boolean> {
  const found = await rows(db, 'select from forgotten_digests limit 1');
  return found.length > 0;
}

/** Whether a forgotten person may still be a member of an activation. */
export async function isErasurePending(db: Knex): Promise<boolean> {
  const found = await rows(db, 'select from forgotten where completed_at is null limit 1');
  return found.length > 0;
}

/**
 * Returns those of some texts that are, or contain, a forgotten key in any spelling. `countries` are those whose phone
 * numbers may be written without a country code (see phoneCountries).
 * @param record looks only for the keys of this record
 */
export async function forgottenAmong(
  db: Knex,
  texts: readonly string[],
  countries: readonly string[],
  record?: string,
): Promise<Set<string>> {
  const pepper = await readPepper(db);
  const digests = texts.flatMap((text) =>
    peopleWithin(text, countries).map((spelling) => ({ text, digest: digestOf(pepper, spelling) })),
  );
  const found = await rows<{ digest: string }>(
    db,
    `select encode(digest, 'hex') as digest from forgotten_digests
     where digest = any(cast(:digests as bytea[])) ${record === undefined ? '' : 'and record = :record'}`,
    { digests: digests.map(({ digest }) => digest), ...(record === undefined ? {} : { record }) },
  );
  const forgotten = new Set(found.map(({ digest }) => digest));
  return new Set(
    digests.filter(({ digest }) => forgotten.has(digest.toString('hex'))).map(({ text }) => text),
  );
}
