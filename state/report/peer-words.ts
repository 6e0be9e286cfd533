import type { Knex } from 'knex';
import { rows } from '../state.ts';
import type { Snapshot } from './snapshot.ts';

/** The maximum length of a stored text, and the maximum number per run. */
const LONGEST = 4_000;
const MOST = 100;

/** What a server said in its own words when a run failed. */
export interface PeerWords {
  run: string;
  /** The name of the failure (contract/messages). */
  reason: string;
  words: string;
  at: Date;
  times: number;
}

/**
 * Stores the foreign text of a run. Repeated texts are stored once.
 * @returns the run's activation; undefined if there is no such run
 */
export async function keepWords(
  db: Knex,
  run: string,
  reason: string,
  words: string,
): Promise<string | undefined> {
  const said = words.replaceAll('\0', '').trim().slice(0, LONGEST);
  const [kept] = await rows<{ activation: string }>(
    db,
    `with known as (select no, activation from runs where no = cast(:run as bigint)),
          kept as (
            insert into peer_words as old (run, reason, words)
            select no, :reason, :said from known
            where :said <> '' and (select count(*) from peer_words where run = known.no) < ${MOST}
            on conflict (run, reason, md5(words)) do update set at = now(), times = old.times + 1)
     select activation from known`,
    { run, reason, said },
  );
  return kept?.activation;
}

/** Returns the foreign texts about failures of an activation's runs, latest first. */
export async function readWordsOf(
  { rows: query }: Snapshot,
  activation: string,
  runs: readonly string[],
): Promise<PeerWords[]> {
  return query(
    `select cast(run as text) as run, reason, words, at, times from peer_words
     where run in (select no from runs where activation = $1 and no = any(cast($2 as bigint[])))
     order by run desc, at desc`,
    [activation, [...runs]],
  );
}
