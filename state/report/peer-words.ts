import type { Knex } from 'knex';
import { rows } from '../state.ts';
import type { Snapshot } from './snapshot.ts';

/** Longest text that is kept, and how many of a run. */
const LONGEST = 4_000;
const MOST = 100;

/** What a peer said in its own words while a run met a failure. */
export interface PeerWords {
  run: string;
  /** The name of the failure (contract/messages). */
  reason: string;
  words: string;
  at: Date;
  times: number;
}

/**
 * Keeps foreign words of a run; the same ones once, however often they are said.
 * @returns the run's activation; undefined: there is no such run
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

/** What was said while runs of an activation met failures, latest first. */
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
