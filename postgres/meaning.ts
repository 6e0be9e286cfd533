import type { Limit } from '../contract/messages/limits.ts';

/*
 * The meaning of errors of PostgreSQL, and of the connection to it, for a retry, by code: the only table, for
 * warehouses and for the state database. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

/**
 * The meaning of an error:
 * - `passes`: temporary; retried for as long as the step may take
 * - `limit`: a limit that an administrator set, or a state that may be temporary: a few attempts, then final
 * - `login`: user, password, database or the permission to connect: final
 * - `other`: the statement itself: final
 */
export type Meaning =
  | { kind: 'passes' | 'login' | 'other' }
  | { kind: 'limit'; limit: Limit; /** The number of attempts until it is final. */ tries: number };

/**
 * With the backoff of a step (1 s, doubled up to 30 s), 5 attempts take 15 s, 10 about 2.5 minutes, and 20 about 7.5
 * minutes.
 */
const LIMITS: Record<string, [Limit, tries: number]> = {
  '57014': ['statement_timeout', 3], // each attempt takes as long as the limit
  '53400': ['temp_file_limit', 3],
  '25P03': ['idle_in_transaction_session_timeout', 5],
  '25P04': ['transaction_timeout', 3],
  '57P05': ['idle_session_timeout', 5],
  '55P03': ['lock_timeout', 10],
  '53300': ['max_connections', 20], // other statements end by themselves
  '08P01': ['pooler', 10], // an error of a pooler, for example that it cannot log in, or has no such database
  '57000': ['pooler', 10], // Pgpool-II has ended an idle session (client_idle_limit); no error of PostgreSQL itself
};

/** Temporary SQLSTATE classes: connection, rollback, resources, operator (shutdown), system error. */
const PASSING = /^(08|40|53|55006|57P|58)/;
/** Login refused, or the database does not exist or was dropped. */
const NO_ENTRY = /^(28|3D|57P04)/;

/**
 * An internal error instead of a login comes from a pooler: Pgpool-II 4.3 answers like this if the password is wrong, and
 * also while the server behind it is down, so there are as many attempts as for a lack of connections.
 */
const OF_POOLER_AT_LOGIN = /^XX/;
const POOLER: Meaning = { kind: 'limit', limit: 'pooler', tries: 20 };

/**
 * Returns the meaning of an SQLSTATE of any server.
 * @param isOfLogin the server sent it instead of accepting the connection
 */
export function meaningOf(sqlstate: string, isOfLogin = false): Meaning {
  if (isOfLogin && OF_POOLER_AT_LOGIN.test(sqlstate)) return POOLER;
  if (NO_ENTRY.test(sqlstate)) return { kind: 'login' };
  const limit = LIMITS[sqlstate];
  if (limit) return { kind: 'limit', limit: limit[0], tries: limit[1] };
  return { kind: PASSING.test(sqlstate) ? 'passes' : 'other' };
}

/**
 * A standby cancels statements in conflict with its recovery. This is retried for a while; then someone must change its
 * limits.
 */
export const STANDBY: Meaning = { kind: 'limit', limit: 'hot_standby', tries: 10 };
/** A primary that was just replaced answers as a standby until it is connected to again. */
export const READ_ONLY: Meaning = { kind: 'limit', limit: 'read_only', tries: 10 };
