import type { PostgresClient } from '../../postgres/client.ts';
import type { Session } from '../postgres/session.ts';
import { readerName, type Reader } from '../source.ts';

/**
 * Fixed, so that the same value gives the same text, whatever the user's settings are. Redshift has few of PostgreSQL's
 * settings: https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html
 */
const PINNED = {
  datestyle: 'ISO, MDY',
  timezone: 'UTC',
  extra_float_digits: '2', // the most of Redshift: 17 digits
};
/** Values of query_group that mean that the user has none. */
const NO_GROUP = ['', 'default', 'unset'];

/**
 * Begins the single transaction of a read: one snapshot, from its first query on, and read-only.
 * https://docs.aws.amazon.com/redshift/latest/dg/r_BEGIN.html
 */
export async function beginReading(
  client: PostgresClient,
  { statementTimeout, reader }: { statementTimeout: number; reader: Reader },
): Promise<Session> {
  await client.query('begin read only');
  const settings = {
    ...PINNED,
    statement_timeout: String(statementTimeout),
  };
  for (const [name, value] of Object.entries(settings)) {
    await client.query(`set local ${name} to ${name === 'statement_timeout' ? value : `'${value}'`}`);
  }
  // The label of the query in SYS_QUERY_HISTORY. A group of the user selects a queue of the cluster, and stays.
  const { rows: groups } = await client.query<{ query_group: string }>('show query_group');
  if (NO_GROUP.includes(groups[0]?.query_group ?? ''))
    await client.query(`set local query_group to '${readerName(reader)}'`);
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return { pid: rows[0]!.pid, isStandby: false, encoding: 'UTF8', limits: {} };
}
