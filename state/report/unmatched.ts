import { interval, RETRY_AFTER } from '../../activation/periods.ts';
import { membersTable } from '../names.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Why a member is unmatched. notMatched: Actito's import found no profile; the member is on the list. noProfile: the
 * profile directory has no profile with the key; severalProfiles: it has more than one. Those two are not on the list.
 */
export const UNMATCHED_CAUSES = ['notMatched', 'noProfile', 'severalProfiles'] as const;
export type UnmatchedCause = (typeof UNMATCHED_CAUSES)[number];
/** The causes that the profile directory shows. */
export const DIRECTORY_CAUSES = ['noProfile', 'severalProfiles'] as const satisfies UnmatchedCause[];
export type DirectoryCause = (typeof DIRECTORY_CAUSES)[number];
/** The number of members by cause, if there are none. */
export const NO_UNMATCHED: Readonly<Record<UnmatchedCause, number>> = {
  notMatched: 0,
  noProfile: 0,
  severalProfiles: 0,
};

/** A member without a profile in Actito, or with several. */
export interface UnmatchedMember {
  key: string;
  cause: UnmatchedCause;
  /** The run that added the member to the list, or since which it waits for a profile. */
  since: string;
  /** When it was sent last; null: nothing is sent for it. */
  lastTried: Date | null;
  /** When it is sent again; null: the first run after its profile appears in an export adds it. */
  dueAgain: Date | null;
}

export interface UnmatchedFilter {
  activation: string;
  keys?: string[];
  limit?: number;
}

/** How a run's attributes were matched. Only members that it sent are counted. */
export interface MatchRate {
  run: string;
  openedAt: Date;
  sent: number;
  unmatched: number;
}

/** Returns unmatched members in batches, by key. */
export function readUnmatched(
  snapshot: Snapshot,
  filter: UnmatchedFilter,
): AsyncGenerator<UnmatchedMember[]> {
  const { sql, parameters } = unmatchedSql(filter);
  return snapshot.batches(
    `select key, cause, cast(since as text) as since, last_tried as "lastTried", due_again as "dueAgain"
     from (${sql}) as found`,
    parameters,
  );
}

/** Each has a time when it is due again, a day after its attempt. These times have an index. */
const UNMATCHED = `outcome = 'unmatched' and retry_at is not null`;

/** No index finds these members, so lists without a directory are not searched for them. */
const waiting = (activation: string) => `outcome in ('waiting', 'several')
  and (select directory is not null from activations where id = ${activation})`;

/** SQL: the unmatched members of an activation, in two parts. `activation`: SQL of its id. */
function foundSql(activation: string, table: string): string {
  return `
    select key, since, 'notMatched' as cause, retry_at - ${interval(RETRY_AFTER)} as last_tried, retry_at as due_again
    from ${table} where ${UNMATCHED}
    union all
    select key, since, case outcome when 'several' then 'severalProfiles' else 'noProfile' end, null, null
    from ${table} where ${waiting(activation)}`;
}

function unmatchedSql({ activation, keys, limit }: UnmatchedFilter) {
  const parameters: unknown[] = [];
  const bind = (value: unknown, type: string) => `cast($${parameters.push(value)} as ${type})`;
  const sql = `
    select key, cause, since, last_tried, due_again
    from (${foundSql(bind(activation, 'text'), membersTable(activation))}) as unmatched
    ${keys === undefined ? '' : `where key = any(${bind(keys, 'text[]')})`}
    order by key ${limit === undefined ? '' : `limit ${bind(limit, 'integer')}`}`;
  return { sql, parameters };
}

/** Counts the members who are unmatched now, by cause. */
export async function countUnmatched(
  { rows }: Snapshot,
  activation: string,
): Promise<Record<UnmatchedCause, number>> {
  const counted = await rows<{ cause: UnmatchedCause; count: number }>(
    `select cause, cast(count(*) as integer) as count
     from (${foundSql('$1', membersTable(activation))}) as unmatched group by cause`,
    [activation],
  );
  return { ...NO_UNMATCHED, ...Object.fromEntries(counted.map(({ cause, count }) => [cause, count])) };
}

/** Returns the last `runs` runs with an answer of Actito for at least one member, latest first. */
export async function readMatchRates(
  { rows }: Snapshot,
  activation: string,
  runs = 10,
): Promise<MatchRate[]> {
  return rows(
    `select cast(no as text) as run, opened_at as "openedAt", sent, unmatched
     from (select no, opened_at, cast(coalesce(cast(counts->>'unmatched' as bigint), 0) as integer) as unmatched,
                  cast(coalesce(cast(counts->>'updated' as bigint), 0) + coalesce(cast(counts->>'unmatched' as bigint), 0)
                       + coalesce(cast(counts->>'refused' as bigint), 0) as integer) as sent
           from runs where activation = $1 and fence is not null) as counted
     where sent > 0 order by no desc limit $2`,
    [activation, runs],
  );
}
