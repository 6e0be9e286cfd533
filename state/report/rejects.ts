import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
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
export interface RejectStory {
  key: string;
  /** Where: `extract` (reading the segment) or `import` (sending attributes). */
  stage: string;
  reason: string;
  /** The attribute whose value it is; empty for a whole row. */
  attribute: string;
  firstSeen: Date;
  lastSeen: Date;
  /** How many runs met it. */
  times: number;
  lastRun: string;
}

/** Rejects in batches, the latest first. */
export function readRejects(snapshot: Snapshot, filter: RejectFilter): AsyncGenerator<RejectStory[]> {
  const { sql, parameters } = rejectsSql(filter);
  return snapshot.batches(
    `select key, stage, reason, attribute, first_seen as "firstSeen", last_seen as "lastSeen", times,
            cast(last_run as text) as "lastRun" from (${sql}) as found`,
    parameters,
  );
}

/** The same as CSV with a header line, written by PostgreSQL; `words` explain the reasons. */
export function rejectsCsv(
  { client }: Snapshot,
  filter: RejectFilter,
  words: Record<string, string>,
): AsyncIterable<Buffer> {
  const { sql, parameters } = rejectsSql(filter);
  return csv(
    client,
    `select key, stage, reason, attribute, ${isoSql('first_seen')} as first_seen,
            ${isoSql('last_seen')} as last_seen, times, last_run,
            cast($${parameters.length + 1} as jsonb)->>reason as message
     from (${sql}) as found`,
    [...parameters, JSON.stringify(words)],
  );
}

/** A moment as ISO 8601 in UTC, whatever the session's settings. */
export function isoSql(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
}

/** The rows of a query as CSV. COPY takes no parameters: they are put in as literals. */
export function csv(client: Client, sql: string, parameters: unknown[]): AsyncIterable<Buffer> {
  const literal = (value: unknown) =>
    Array.isArray(value)
      ? `array[${value.map((item) => client.escapeLiteral(String(item))).join(', ')}]`
      : client.escapeLiteral(String(value));
  const filled = sql.replace(/\$(\d+)/g, (_, number: string) => literal(parameters[Number(number) - 1]));
  const copy = client.query(copyTo(`copy (${filled}) to stdout (format csv, header)`));
  // The library tells an error once. Before reading begins, that would reach nobody, and reading would wait for ever.
  copy.on('error', (error) => copy.destroy(error));
  return copy as AsyncIterable<Buffer>;
}

function rejectsSql({ activation, run, reason, keys, limit }: RejectFilter) {
  const parameters: unknown[] = [];
  const bind = (value: unknown, type: string) => `cast($${parameters.push(value)} as ${type})`;
  const source =
    run === undefined
      ? `select * from reject_stories where activation = ${bind(activation, 'text')}`
      : `select rejects.key, rejects.stage, rejects.reason, rejects.attribute, coalesce(first_seen, at) as first_seen,
                coalesce(last_seen, at) as last_seen, coalesce(times, 1) as times, coalesce(last_run, run) as last_run
         from rejects left join reject_stories story
           on story.activation = ${bind(activation, 'text')} and story.key = rejects.key
             and story.stage = rejects.stage and story.reason = rejects.reason
             and story.attribute = rejects.attribute
         where run = ${bind(run, 'bigint')}`;
  const conditions = [
    ...(reason === undefined ? [] : [`reason = ${bind(reason, 'text')}`]),
    ...(keys === undefined ? [] : [`key = any(${bind(keys, 'text[]')})`]),
  ];
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  const first = limit === undefined ? '' : `limit ${bind(limit, 'integer')}`;
  const sql = `select * from (${source}) as story ${where}
    order by last_seen desc, key, stage, reason, attribute ${first}`;
  return { sql, parameters };
}

/** How many stories there are, by reason, those with most first. */
export async function countStories(
  { rows }: Snapshot,
  activation: string,
): Promise<{ reason: string; count: number }[]> {
  return rows(
    `select reason, cast(count(*) as integer) as count from reject_stories
     where activation = $1 group by reason order by count desc, reason`,
    [activation],
  );
}
