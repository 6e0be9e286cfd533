import { connect, type MysqlConnection } from './connection.ts';
import type { MysqlTarget } from './url.ts';

const CANCEL_TIMEOUT = 10_000;

/** The longest timeouts: MySQL's in milliseconds (49 days), MariaDB's in seconds (one year). */
const LONGEST_EXECUTION = 2 ** 32 - 1;
const LONGEST_WAIT = 31_536_000;

/** Fixed, so that the same query and the same value give the same text, whatever the settings of the server are. */
const PINNED = [
  "time_zone = '+00:00'",
  // Which characters end a text, what || means, and how numbers and CHAR are written. Whether a query must name all
  // columns in GROUP BY stays the server's choice: it only decides which queries are refused.
  "sql_mode = concat('STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'," +
    " if(find_in_set('ONLY_FULL_GROUP_BY', @@sql_mode), ',ONLY_FULL_GROUP_BY', ''))",
  'sql_select_limit = 18446744073709551615', // otherwise a read could end early without an error
  'div_precision_increment = 4',
  'group_concat_max_len = 1073741824', // MySQL would cut texts after 1024 bytes
  // A slow consumer is no reason to end the read.
  `net_write_timeout = ${LONGEST_WAIT}`,
  `wait_timeout = ${LONGEST_WAIT}`,
];

/** The same, of MariaDB alone: MySQL refuses them, or has no such setting. */
const PINNED_IN_MARIADB = [
  'max_error_count = 65534', // nearly all that the protocol can count, so that a hidden one is noticed
  'max_recursive_iterations = 4294967295', // MariaDB would end a recursion early, with only a warning
  'idle_transaction_timeout = 0',
  'idle_readonly_transaction_timeout = 0',
];

/** What the server reports about itself and the session. */
export interface Session {
  /** The server's id of the connection, to cancel its statement. */
  id: string;
}

/** Begins the single transaction of a read: one read-only snapshot of all InnoDB tables. */
export async function beginReading(
  connection: MysqlConnection,
  statementTimeout: number,
  silence: number,
): Promise<Session> {
  const run = (sql: string) => connection.query(sql, silence);
  const [[version, id]] = (await run('select version(), connection_id()')) as [[string, string]];
  await run('set names utf8mb4');
  await run(`set session ${PINNED.join(', ')}`);
  // With another level, the server ignores `with consistent snapshot`.
  await run('set session transaction isolation level repeatable read');
  if (/mariadb/i.test(version)) {
    const seconds = Math.min(statementTimeout / 1_000, LONGEST_WAIT);
    await run(`set session max_statement_time = ${seconds}, ${PINNED_IN_MARIADB.join(', ')}`);
  } else {
    await run(`set session max_execution_time = ${Math.min(statementTimeout, LONGEST_EXECUTION)}`);
  }
  await run('start transaction with consistent snapshot, read only');
  return { id };
}

/**
 * Cancels the running statement of a connection, over another one. If that fails, the server notices it itself: at the
 * next row for a closed connection, or at the statement timeout.
 */
export async function cancelStatement(
  target: MysqlTarget,
  { id }: Session,
  name: string,
  limit: number,
): Promise<void> {
  const timeout = Math.min(limit, CANCEL_TIMEOUT);
  try {
    const connection = await connect(target, name, timeout);
    try {
      await connection.query(`kill query ${BigInt(id)}`, timeout);
    } finally {
      await connection.end();
    }
  } catch {
    return;
  }
}
