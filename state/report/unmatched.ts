import { interval, RETRY_AFTER } from '../../activation/periods.ts';
import { membersTable } from '../names.ts';
import type { Snapshot } from './snapshot.ts';

/** A member without a profile in Actito. */
export interface UnmatchedMember {
  key: string;
  /** The run that added the member. */
  since: string;
  lastTried: Date;
  /** When it is sent again. */
  dueAgain: Date;
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
    `select key, cast(since as text) as since, last_tried as "lastTried", due_again as "dueAgain"
     from (${sql}) as found`,
    parameters,
  );
}

/** Each has a time when it is due again, a day after its attempt. These times have an index. */
const UNMATCHED = `outcome = 'unmatched' and retry_at is not null`;

function unmatchedSql({ activation, keys, limit }: UnmatchedFilter) {
  const parameters: unknown[] = [];
  const bind = (value: unknown, type: string) => `cast($${parameters.push(value)} as ${type})`;
  const sql = `
    select key, since, retry_at - ${interval(RETRY_AFTER)} as last_tried, retry_at as due_again
    from ${membersTable(activation)}
    where ${UNMATCHED} ${keys === undefined ? '' : `and key = any(${bind(keys, 'text[]')})`}
    order by key ${limit === undefined ? '' : `limit ${bind(limit, 'integer')}`}`;
  return { sql, parameters };
}

/** Counts the members who are unmatched now. */
export async function countUnmatched({ rows }: Snapshot, activation: string): Promise<number> {
  const [counted] = await rows<{ count: number }>(
    `select cast(count(*) as integer) as count from ${membersTable(activation)} where ${UNMATCHED}`,
  );
  return counted!.count;
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
