import type { Limit } from '../../contract/messages/limits.ts';
import { PostgresClient } from '../../postgres/client.ts';
import type { DatabaseTarget } from '../../postgres/url.ts';
import type { Failures } from '../reading.ts';
import { readerName, type Reader } from '../source.ts';

const CANCEL_TIMEOUT = 10_000;

/** PostgreSQL's largest timeout, in milliseconds: 24.8 days. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Fixed, so that the same query and the same value give the same text, whatever the role's settings are. */
const PINNED = {
  standard_conforming_strings: 'on',
  client_encoding: 'UTF8',
  datestyle: 'ISO, MDY',
  timezone: 'UTC',
  intervalstyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
};

/** Limits of the server that may end a read; failures name them. Newer servers have more of them. */
const LIMITS = [
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'transaction_timeout',
  'idle_session_timeout',
  'temp_file_limit',
] as const satisfies Limit[];

/** What the server reports about itself and the session. */
export interface Session {
  /** The server's process id, to cancel its statement. */
  pid: number;
  /** A replica, which cancels reads in conflict with its recovery. */
  isStandby: boolean;
  /** The encoding of the database. */
  encoding: string;
  /** The limits that are set, as PostgreSQL writes them, such as `5s`. */
  limits: Partial<Record<Limit, string>>;
}

/** @throws Failure ConfigurationInvalid (login or TLS refused, a file of the URL is missing), SourceUnavailable */
export async function connect(
  target: DatabaseTarget,
  failures: Failures,
  connectTimeout: number | undefined,
  reader: Reader,
): Promise<PostgresClient> {
  // A name in the URL was chosen by somebody, and stays.
  const application_name = target.applicationName ?? readerName(reader);
  const client = new PostgresClient({ target, connectTimeout, application_name });
  try {
    await client.connect();
  } catch (error) {
    throw failures(error);
  }
  return client;
}

/** Begins the single transaction of a read: one read-only snapshot. */
export async function beginReading(client: PostgresClient, statementTimeout: number): Promise<Session> {
  const settings = Object.entries({
    ...PINNED,
    statement_timeout: String(Math.min(statementTimeout, LONGEST_TIMEOUT)),
  });
  await client.query('begin transaction isolation level repeatable read read only');
  await client.query(settings.map(([name, value]) => `set local ${name} = '${value}'`).join('; '));
  const { rows } = await client.query<{ pid: number; standby: boolean; encoding: string; limits: string[] }>(
    `select pg_backend_pid() as pid, pg_is_in_recovery() as standby, current_setting('server_encoding') as encoding,
            array[${LIMITS.map((name) => `current_setting('${name}', true)`).join(', ')}] as limits`,
  );
  const { pid, standby: isStandby, encoding, limits: values } = rows[0]!;
  // This encoding is undefined: the server would only check the bytes, and end the whole read at the first that are not
  // UTF-8.
  if (encoding === 'SQL_ASCII') await client.query('set local client_encoding = SQL_ASCII');
  const isSet = (value: string | null | undefined) => value != null && value !== '0' && value !== '-1';
  const limits = LIMITS.map((name, i) => [name, values[i]] as const).filter(([, value]) => isSet(value));
  return { pid, isStandby, encoding, limits: Object.fromEntries(limits) };
}

/**
 * Cancels the running statement of a server's process, over another connection. If that fails, the server notices it
 * itself: at the next row for a closed connection, or at the statement timeout.
 */
export async function cancelBackend(target: DatabaseTarget, pid: number, limit: number): Promise<void> {
  const timeout = Math.min(limit, CANCEL_TIMEOUT);
  const client = new PostgresClient({ target, connectTimeout: timeout });
  try {
    await client.connect();
    await client.within(timeout, client.query('select pg_cancel_backend($1)', [pid]));
  } catch {
    return;
  } finally {
    await client.end();
  }
}
