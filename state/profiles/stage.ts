import type { Client } from 'pg';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { ProfileKeys } from '../../activation/keys/profile-lines.ts';
import { ForgottenKeys } from '../forgotten/forgotten-keys.ts';
import type { State } from '../state.ts';
import { createProfilesSql, indexProfilesSql, uniqueProfilesSql, type Directory } from './directory.ts';

/** The profiles of an export, in a table of their own. */
export interface Staged {
  table: string;
  profiles: number;
  /** Profiles whose key cannot be used. */
  unusable: number;
  /** The ids of people who asked to be forgotten. Their staged profiles have no key, and must not stay. */
  forgotten: string[];
  /** The forgotten people when the export was read. */
  forgottenKeys: ForgottenKeys;
}

const UNIQUE_VIOLATION = '23505';

/**
 * Writes the profiles of an export into a new table, with all indexes of profiles_<id> if it replaces that, without the keys of people who
 * asked to be forgotten. Their former profiles, which the new ones replace, may have other keys, so the caller deletes
 * them in the end. If a profile is repeated, its last line counts. The caller has begun a transaction.
 * @param lines batches of whole lines of COPY text: profile id, key as the export spells it
 */
export async function stageProfiles(
  state: State,
  client: Client,
  { id, keyType }: Directory,
  { load, lines, replaces }: { load: number; lines: AsyncIterable<Buffer>; replaces: boolean },
): Promise<Staged> {
  const table = `profiles_${id}_${load}`;
  await client.query(createProfilesSql(table));
  const forgotten = await ForgottenKeys.read(state);
  const keys = new ProfileKeys(
    { type: keyType },
    forgotten.size > 0 ? (key) => forgotten.has(key) : undefined,
  );
  const unwanted: string[] = [];
  let unusable = 0;
  async function* canonical(): AsyncGenerator<Buffer> {
    for await (const batch of lines) {
      const read = keys.canonical(batch);
      unusable += read.unusable;
      unwanted.push(...read.unwanted);
      yield read.lines;
    }
  }
  // Frozen rows need no later vacuum, and lookups find all that they need in the index.
  const sink = client.query(copyFrom(`copy ${table} from stdin (freeze)`));
  await pipeline(Readable.from(canonical(), { objectMode: false }), sink);
  const repeated = await index(client, table, replaces ? indexProfilesSql(table) : uniqueProfilesSql(table));
  return {
    table,
    profiles: sink.rowCount - repeated,
    unusable,
    forgotten: unwanted,
    forgottenKeys: forgotten,
  };
}

/** @returns the number of lines that repeat a profile */
async function index(client: Client, table: string, indexes: string): Promise<number> {
  await client.query('savepoint indexed');
  try {
    await client.query(indexes);
    return 0;
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
    await client.query('rollback to savepoint indexed');
  }
  const { rowCount } = await client.query(
    `delete from ${table} using (
       select ctid as place, row_number() over (partition by profile_id order by ctid desc) as nth from ${table}
     ) as one where one.place = ${table}.ctid and nth > 1`,
  );
  await client.query(indexes);
  return rowCount ?? 0;
}
