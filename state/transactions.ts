/** The schema with all of our tables. The search path makes it the only one that state code sees. */
export const SCHEMA = 'actito_sync';

/**
 * If a worker freezes in the middle of a write, PostgreSQL ends its session after this time, so others can get its
 * rows.
 */
const LONGEST_PAUSE = '60s';

/** The maximum wait for a lock. The locks of a lost machine are released sooner (SILENCE). */
export const LONGEST_WAIT = '60s';

/** Statements on many millions of members take minutes; none takes longer than this. */
const LONGEST_STATEMENT = '1h';

/** PostgreSQL probes a silent client after ten seconds, and drops it after three unanswered probes. */
const SILENCE = {
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '30000',
};

/** Our settings. They override those of the role, the database and the server. */
const SETTINGS = {
  search_path: SCHEMA,
  statement_timeout: LONGEST_STATEMENT,
  lock_timeout: LONGEST_WAIT,
  idle_in_transaction_session_timeout: LONGEST_PAUSE,
  jit: 'off', // compiling takes longer than most of our statements, and each session does it again
  ...SILENCE,
};

/** SQL expression: the setting, if the server knows it. */
const whereKnown = (condition: string, name: string, value: string) =>
  `case when ${condition} then set_config('${name}', '${value}', true) end`;

/**
 * Runs with the BEGIN of every transaction: the search path, our timeouts, and how PostgreSQL notices that a client is
 * gone, also while it works for it or waits for a lock. They are not settings of the session, because a pooler in
 * transaction mode gives each transaction another session, and refuses most settings when a session starts. They are
 * not settings of the role, because reports may use another role, and ours may have other uses. It is one statement,
 * because it is executed very often.
 */
export const OUR_SETTINGS = `select ${[
  ...Object.entries(SETTINGS).map(([name, value]) => `set_config('${name}', '${value}', true)`),
  whereKnown(`current_setting('server_version_num')::int >= 170000`, 'transaction_timeout', '0'),
  whereKnown(`version() like '%linux%'`, 'client_connection_check_interval', '10s'),
].join(', ')}`;

/** Begins a transaction that only reads, and whose statements all see the same snapshot. */
export const BEGIN_SNAPSHOT = `begin isolation level repeatable read, read only; ${OUR_SETTINGS}`;
