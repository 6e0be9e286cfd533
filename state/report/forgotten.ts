import { spellingsOf } from '../../activation/keys/spellings.ts';
import { digestOf } from '../forgotten/digests.ts';
import type { Snapshot } from './snapshot.ts';

/** A record of a person who must be, or was, forgotten. It does not contain who. */
export interface ForgottenRecord {
  record: string;
  by: string;
  reason: string | null;
  askedAt: Date;
  /** The last repeated request for the same key. */
  askedAgain: Date | null;
  /** When everything was erased everywhere; null if not yet. */
  completedAt: Date | null;
  /** Erased rows of the profile directories, which activations share. */
  profiles: number;
}

/** What was erased in one activation in total: numbers of rows. */
export interface ErasedProof {
  activation: string;
  erasedAt: Date;
  members: number;
  /** Of these, those on the last delivered list. */
  listed: number;
  /** Rows of other tables, by table. */
  others: Record<string, number>;
  /** The list in Actito still contains the person, because none was delivered since. */
  stillOnList: boolean;
}

const RECORD = `
  select cast(no as text) as record, asked_by as by, reason, asked_at as "askedAt", asked_again as "askedAgain",
         completed_at as "completedAt", cast(profiles as float8) as profiles
  from forgotten`;

/** The latest records, newest first. */
export async function readForgotten({ rows }: Snapshot, limit: number): Promise<ForgottenRecord[]> {
  return rows(`${RECORD} order by no desc limit $1`, [limit]);
}

/** Returns the record with this number, with the proof of what was erased. */
export async function findForgotten(
  { rows }: Snapshot,
  record: string,
): Promise<(ForgottenRecord & { activations: ErasedProof[] }) | undefined> {
  const [found] = await rows<ForgottenRecord>(`${RECORD} where no = cast($1 as bigint)`, [record]);
  if (!found) return undefined;
  const activations = await rows<ErasedProof>(
    `select activation, max(erased_at) as "erasedAt", cast(sum(members) as integer) as members,
            cast(sum(listed) as integer) as listed,
            (select coalesce(jsonb_object_agg(name, count), '{}')
             from (select name, sum(cast(count as bigint)) as count
                   from erasures as each, jsonb_each_text(each.others) as other (name, count)
                   where each.record = erasures.record and each.activation = erasures.activation
                   group by name) as summed) as others,
            coalesce(max(erased_at) filter (where listed > 0)
                     > (select coalesce(max(delivered_at), '-infinity') from deliveries
                        where deliveries.activation = erasures.activation), false) as "stillOnList"
     from erasures where record = cast($1 as bigint) group by record, activation order by activation`,
    [record],
  );
  return { ...found, activations };
}

/** Finds the record of a key in any spelling. `country` is that of the activation's phone numbers. */
export async function findRecordOf(
  { rows }: Snapshot,
  key: string,
  country: string | undefined,
): Promise<ForgottenRecord | undefined> {
  const [seed] = await rows<{ pepper: Buffer }>('select pepper from forgotten_pepper');
  const digests = spellingsOf(key, [country]).map((spelling) => digestOf(seed!.pepper, spelling));
  const [found] = await rows<ForgottenRecord>(
    `${RECORD} where no in (select record from forgotten_digests where digest = any($1::bytea[])) order by no limit 1`,
    [digests],
  );
  return found;
}
