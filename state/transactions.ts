/** Everything of ours lives in this schema; the search path makes it the only one that state code sees. */
export const SCHEMA = 'actito_sync';

/** A worker that freezes in the middle of a write keeps others from its rows no longer than this: PostgreSQL ends its session. */
export const LONGEST_PAUSE = '60s';

/** The longest wait for a lock. A machine that is lost gives its locks back sooner (SILENCE). */
export const LONGEST_WAIT = '60s';

/** Statements of ours on many millions of members take minutes; none takes longer than this. */
const LONGEST_STATEMENT = '1h';

/** PostgreSQL asks a client that it has not heard of after ten seconds, and gives it up after three unanswered questions. */
const SILENCE = {
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '30000',
};

/** Our settings, whatever those of the role, the database or the server are. */
const SETTINGS = {
  search_path: SCHEMA,
  statement_timeout: LONGEST_STATEMENT,
  lock_timeout: LONGEST_WAIT,
  idle_in_transaction_session_timeout: LONGEST_PAUSE,
  jit: 'off', // compiling a statement takes longer than most of ours, and each session does it anew
  ...SILENCE,
};

/** SQL expression: the setting, where the server knows it. */
const whereKnown = (condition: string, name: string, value: string) =>
  `case when ${condition} then set_config('${name}', '${value}', true) end`;

/**
 * Goes with the BEGIN of every transaction: the search path, our time-outs, and how PostgreSQL notices that we are gone, also
 * while it works for us or waits for a lock. They are not settings of the session, because a pooler in transaction mode gives
 * each transaction another session, and refuses most settings at the start of one; nor of the role, because reports may use
 * another role, and ours may have other uses. One statement, since this is done very often.
 */
export const OUR_SETTINGS = `select ${[
  ...Object.entries(SETTINGS).map(([name, value]) => `set_config('${name}', '${value}', true)`),
  whereKnown(`current_setting('server_version_num')::int >= 170000`, 'transaction_timeout', '0'),
  whereKnown(`version() like '%linux%'`, 'client_connection_check_interval', '10s'),
].join(', ')}`;

/** A transaction that only reads, and whose statements all see the same moment. */
export const BEGIN_SNAPSHOT = `begin isolation level repeatable read, read only; ${OUR_SETTINGS}`;
