import type { Limit } from '../contract/messages/limits.ts';

/*
 * What an error of PostgreSQL or of the way to it means for a retry, by its code: the one table for warehouses and for our
 * own database. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

/**
 * - `passes`: by itself; it is tried again for as long as the step may take
 * - `limit`: a limit that an administrator set, or a state that may pass: tried again a few times, then final
 * - `login`: user, password, database or a right to connect: final
 * - `other`: the statement itself: final
 */
export type Meaning =
  | { kind: 'passes' | 'login' | 'other' }
  | { kind: 'limit'; limit: Limit; /** How often it is tried, until it is final. */ tries: number };

/** With the pauses of a step's retries (1 s, doubled up to 30 s) 5 attempts take 15 s, 10 about 2.5 minutes, and 20 about 7.5 minutes. */
const LIMITS: Record<string, [Limit, tries: number]> = {
  '57014': ['statement_timeout', 3], // each try takes as long as the limit
  '53400': ['temp_file_limit', 3],
  '25P03': ['idle_in_transaction_session_timeout', 5],
  '25P04': ['transaction_timeout', 3],
  '57P05': ['idle_session_timeout', 5],
  '55P03': ['lock_timeout', 10],
  '53300': ['max_connections', 20], // others end by themselves
  '08P01': ['pooler', 10], // what a pooler between says, e.g. that it cannot log in, or knows no such database
};

/** SQLSTATE classes that pass by themselves: connection, rollback, resources, operator (shutdown), system error. */
const PASSING = /^(08|40|53|55006|57P|58)/;
/** Login refused, no such database, or it was dropped. */
const NO_ENTRY = /^(28|3D|57P04)/;

/** What an SQLSTATE means, wherever it comes from. */
export function meaningOf(sqlstate: string): Meaning {
  if (NO_ENTRY.test(sqlstate)) return { kind: 'login' };
  const limit = LIMITS[sqlstate];
  if (limit) return { kind: 'limit', limit: limit[0], tries: limit[1] };
  return { kind: PASSING.test(sqlstate) ? 'passes' : 'other' };
}

/** A standby cancels what stands in the way of its recovery: for a while that passes, then someone has to set its limits. */
export const STANDBY: Meaning = { kind: 'limit', limit: 'hot_standby', tries: 10 };
/** A primary that was just replaced answers as a standby until the connections are made anew. */
export const READ_ONLY: Meaning = { kind: 'limit', limit: 'read_only', tries: 10 };
