import { keyMark, keySeeds } from '../../activation/comparison/marks.ts';
import type { Change } from '../settle/changes.ts';
import { membersTable } from '../names.ts';
import { findPastRun, type PastRun } from './history.ts';
import { readRejects, type RejectHistory } from './rejects.ts';
import type { Snapshot } from './snapshot.ts';

/** What is known about one key of an activation. */
export interface KeyFacts {
  member: Membership | null;
  /** The run that removed it from the list, as far as the change log reaches; null if its last change was another. */
  left: { run: string; at: Date } | null;
  /** Its rejects, latest first. */
  rejects: RejectHistory[];
  /** The last run that read the segment and completed everything that followed. */
  lastRead: LastRead | null;
  /** The last run of all, if it is another one. */
  later: PastRun | null;
  /** The profile directory by which the list was last resolved; null: none. */
  directory: DirectoryAge | null;
}

export interface DirectoryAge {
  /** When Actito wrote the newest export that was read. */
  writtenAt: Date | null;
  /** The age of that export in whole hours. */
  hours: number | null;
}

export interface Membership {
  /** On the last delivered list. */
  listed: boolean;
  /** The run that added it to the list, that first sent it if it is not listed yet, or since which it waits. */
  since: string;
  sinceMoment: Date | null;
  /** That run was a rebase, so it delivered no list. */
  sinceRebase: boolean;
  /** Actito's answer to its attributes is known. */
  confirmed: boolean;
  /**
   * `assumed`: a rebase assumed that Actito has the segment's values. `waiting`: no profile in the profile directory has
   * the key; `several`: more than one has.
   */
  outcome: 'ok' | 'refused' | 'unmatched' | 'assumed' | 'nothing' | 'unexplained' | 'waiting' | 'several';
  retryAt: Date | null;
  /** Missing from the segment: since when, the run that found it, and how many runs without it have succeeded. */
  missing: { run: string; since: Date; runs: number } | null;
}

export interface LastRead extends PastRun {
  /** The number of its stored rejected rows; only the first ones are stored. */
  storedRejects: number;
  /** The number of rows that it rejected because of their key; the others cannot be found by key. */
  rejectedKeys: number;
}

/** Finds a key. `canonical` is the spelling of members, `spellings` are the possible spellings of rejects. */
export async function readKeyFacts(
  snapshot: Snapshot,
  activation: string,
  { canonical, spellings }: { canonical: string | null; spellings: string[] },
): Promise<KeyFacts> {
  const member = canonical === null ? null : await readMembership(snapshot, activation, canonical);
  const left = canonical === null ? null : await readLeaving(snapshot, activation, canonical);
  const rejects: RejectHistory[] = [];
  for await (const batch of readRejects(snapshot, { activation, keys: spellings })) rejects.push(...batch);
  const lastRead = await readLastRead(snapshot, activation);
  const [{ last }] = (await snapshot.rows<{ last: string | null }>(
    'select cast(max(no) as text) as last from runs where activation = $1 and fence is not null',
    [activation],
  )) as [{ last: string | null }];
  const isLater = last !== null && last !== lastRead?.run;
  const later = isLater ? ((await findPastRun(snapshot, activation, last)) ?? null) : null;
  const directory = await readDirectoryAge(snapshot, activation);
  return { member, left, rejects, lastRead, later, directory };
}

async function readDirectoryAge({ rows }: Snapshot, activation: string): Promise<DirectoryAge | null> {
  const [found] = await rows<DirectoryAge>(
    `select written_at as "writtenAt",
            cast(floor(extract(epoch from now() - written_at) / 3600) as integer) as hours
     from directories join activations on activations.directory = directories.id where activations.id = $1`,
    [activation],
  );
  return found ?? null;
}

async function markOf({ rows }: Snapshot, activation: string, key: string): Promise<string | null> {
  const [found] = await rows<{ seed: string }>('select seed from activations where id = $1', [activation]);
  return found ? keyMark(key, keySeeds(found.seed)) : null;
}

async function readMembership(
  snapshot: Snapshot,
  activation: string,
  key: string,
): Promise<Membership | null> {
  const [member] = await snapshot.rows<
    Omit<Membership, 'missing'> & {
      missingRun: string | null;
      missingSince: Date | null;
      missedRuns: number | null;
    }
  >(
    `select listed, cast(since as text) as since, runs.opened_at as "sinceMoment", hashes is not null as confirmed,
            runs.task->>'mode' = 'rebase' as "sinceRebase",
            member.outcome, member.retry_at as "retryAt", missing_since as "missingSince",
            cast(missing_run as text) as "missingRun",
            cast(activations.succeeded_runs - missing_after as integer) as "missedRuns"
     from ${membersTable(activation)} member join activations on activations.id = $2 left join runs on runs.no = since
     where mark = $1`,
    [await markOf(snapshot, activation, key), activation],
  );
  if (!member) return null;
  const { missingRun, missingSince, missedRuns, ...rest } = member;
  const missing = missingRun && { run: missingRun, since: missingSince!, runs: missedRuns! };
  return { ...rest, missing: missing || null };
}

/** One index lookup per logged run of the activation, latest first, so no index by key is needed. */
async function readLeaving(snapshot: Snapshot, activation: string, key: string): Promise<KeyFacts['left']> {
  const [last] = await snapshot.rows<{ run: string; at: Date; change: Change }>(
    `select cast(no as text) as run, settled_at as at, change
     from runs cross join lateral (select change from changes where run = runs.no and mark = $2 limit 1) as change
     where activation = $1 and changes_logged order by no desc limit 1`,
    [activation, await markOf(snapshot, activation, key)],
  );
  return last?.change === 'left' ? { run: last.run, at: last.at } : null;
}

async function readLastRead(snapshot: Snapshot, activation: string): Promise<LastRead | null> {
  const [last] = await snapshot.rows<Pick<LastRead, 'run' | 'storedRejects' | 'rejectedKeys'>>(
    `select cast(no as text) as run, (select cast(count(*) as integer) from rejects
                                      where rejects.run = runs.no and stage = 'extract') as "storedRejects",
            (select cast(coalesce(sum(cast(value as bigint)), 0) as integer) from jsonb_each_text(rejected)
             where key <> 'KeyMissing') as "rejectedKeys"
     from runs where activation = $1 and fence is not null and outcome like 'succeeded%' order by no desc limit 1`,
    [activation],
  );
  if (!last) return null;
  return { ...(await findPastRun(snapshot, activation, last.run))!, ...last };
}
