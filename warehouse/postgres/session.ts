import { Client } from 'pg';
import type { Failures } from './failures.ts';

const CONNECT_TIMEOUT = 30_000;
const CANCEL_TIMEOUT = 10_000;

/** The largest value that PostgreSQL takes for a timeout, in milliseconds: 24.8 days. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Pinned: the same query means the same, and the same value is the same text, whatever the role's settings are. */
const PINNED = {
  standard_conforming_strings: 'on',
  client_encoding: 'UTF8',
  datestyle: 'ISO, MDY',
  timezone: 'UTC',
  intervalstyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
};

/** @throws Failure ConfigurationInvalid (the URL is none, or the login is refused), SourceUnavailable */
export async function connect(url: string, failures: Failures): Promise<Client> {
  if (!URL.canParse(url) || !/^postgres(ql)?:/.test(url)) throw failures.unusableUrl();
  let client: Client;
  try {
    client = new Client({
      connectionString: url,
      application_name: 'actito-sync',
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      keepAlive: true,
    });
  } catch (error) {
    throw failures.unusableUrl(error);
  }
  client.on('error', () => undefined); // between two statements; the next one fails and is reported
  try {
    await client.connect();
  } catch (error) {
    throw failures.from(error);
  }
  return client;
}

/**
 * Begins the one transaction of a read: a single snapshot, in which nothing can be written. Resolves to the id of
 * the server's process, to cancel it by.
 */
export async function beginReading(client: Client, statementTimeout: number): Promise<number> {
  const settings = Object.entries({
    ...PINNED,
    statement_timeout: String(Math.min(statementTimeout, LONGEST_TIMEOUT)),
  });
  await client.query('begin transaction isolation level repeatable read read only');
  await client.query(settings.map(([name, value]) => `set local ${name} = '${value}'`).join('; '));
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]!.pid;
}

/**
 * Cancels what the server's process runs, from a connection of its own. When that cannot be had the server finds out
 * by itself: at its next row for a connection that is closed, or at the statement timeout.
 */
export async function cancelBackend(url: string, pid: number): Promise<void> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CANCEL_TIMEOUT,
    query_timeout: CANCEL_TIMEOUT,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select pg_cancel_backend($1)', [pid]);
  } catch {
    return;
  } finally {
    await client.end();
  }
}
