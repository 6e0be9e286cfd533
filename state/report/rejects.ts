import type { Snapshot } from './snapshot.ts';

/** Which rejects are asked for; all that is left out is not asked. */
export interface RejectFilter {
  activation: string;
  /** Those that this run met; default: of all runs. */
  run?: string;
  reason?: string;
  /** A key in any of these spellings. */
  keys?: string[];
  limit?: number;
}

/** A rejected row or value over the runs that met it. */
export interface RejectHistory {
  key: string;
  /** Where: `extract` (reading the segment) or `import` (sending attributes). */
  stage: string;
  reason: string;
  /** The attribute whose value it is; empty for a whole row. */
  attribute: string;
  /** How the segment names the row besides its key (`rejectReference`); null: nothing does. */
  reference: string | null;
  firstSeen: Date;
  lastSeen: Date;
  /** How many runs met it. */
  times: number;
  lastRun: string;
  /** What Actito said of the row, when that is no code that we know. */
  said: string | null;
}

/** Rejects in batches, the latest first. */
export function readRejects(snapshot: Snapshot, filter: RejectFilter): AsyncGenerator<RejectHistory[]> {
  const { sql, parameters } = rejectsSql(filter);
  return snapshot.batches(
    `select key, stage, reason, attribute, nullif(reference, '') as reference, first_seen as "firstSeen", last_seen as "lastSeen", times,
            cast(last_run as text) as "lastRun", said from (${sql}) as found`,
    parameters,
  );
}

/** How many rejects are alike in their reason. */
export interface ReasonCount {
  reason: string;
  count: number;
}

/** Counts the rejects that match a filter, by reason; the most frequent reason comes first. */
export async function countRejectHistory(
  { rows }: Snapshot,
  filter: Omit<RejectFilter, 'limit'>,
): Promise<ReasonCount[]> {
  const { sql, parameters } = matchingSql(filter);
  return rows(
    `select reason, cast(count(*) as integer) as count from (${sql}) as found
     group by reason order by count desc, reason`,
    parameters,
  );
}

function rejectsSql(filter: RejectFilter) {
  const { sql, parameters } = matchingSql(filter);
  const first = filter.limit === undefined ? '' : `limit cast($${parameters.push(filter.limit)} as integer)`;
  return {
    sql: `${sql} order by last_seen desc, key, stage, reason, attribute, reference ${first}`,
    parameters,
  };
}

/** All rejects that a filter asks for, in no order. */
function matchingSql({ activation, run, reason, keys }: Omit<RejectFilter, 'limit'>) {
  const parameters: unknown[] = [];
  const bind = (value: unknown, type: string) => `cast($${parameters.push(value)} as ${type})`;
  const source =
    run === undefined
      ? `select * from reject_history where activation = ${bind(activation, 'text')}`
      : `select rejects.key, rejects.stage, rejects.reason, rejects.attribute, rejects.reference, coalesce(first_seen, at) as first_seen,
                coalesce(last_seen, at) as last_seen, coalesce(times, 1) as times, coalesce(last_run, run) as last_run,
                rejects.said
         from rejects left join reject_history history
           on history.activation = ${bind(activation, 'text')} and history.key = rejects.key
             and history.stage = rejects.stage and history.reason = rejects.reason
             and history.attribute = rejects.attribute and history.reference = rejects.reference
         where run = ${bind(run, 'bigint')}`;
  const conditions = [
    ...(reason === undefined ? [] : [`reason = ${bind(reason, 'text')}`]),
    ...(keys === undefined ? [] : [`key = any(${bind(keys, 'text[]')})`]),
  ];
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  return { sql: `select * from (${source}) as history ${where}`, parameters };
}
