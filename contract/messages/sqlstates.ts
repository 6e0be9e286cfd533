import { conditionAdvice, type Condition } from './conditions.ts';
import type { Next } from './message.ts';

/*
 * The meaning of PostgreSQL errors by SQLSTATE, in our own words, because PostgreSQL's messages quote rows, literals
 * and bytes.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

/** Each ends a sentence: "The segment's query failed: …". */
const CONDITIONS: Record<string, string> = {
  '08001': 'no connection could be made',
  '08006': 'the connection was lost',
  '0A000': 'this server does not support a feature',
  '21000': 'a subquery returned more than one row',
  '22001': 'text is too long for its type',
  '22003': 'a number is out of range for its type',
  '22004': 'null is not allowed here',
  '22007': 'text is not a valid date or time',
  '22008': 'a date or time is out of range',
  '22011': 'a substring position is not valid',
  '22012': 'division by zero',
  '2201B': 'a regular expression is not valid',
  '22021': 'bytes are not valid text in the encoding of the database',
  '22023': 'a function argument is not valid',
  '22025': 'an escape in a pattern is not valid',
  '22030': 'a JSON object has a duplicate key',
  '22032': 'text is not valid JSON',
  '22P02': 'text cannot be converted to the type',
  '22P05': 'the encoding does not support a character',
  '08P01': 'a protocol violation',
  '25006': 'the database is read-only',
  '25P03': 'a transaction was idle for too long',
  '25P04': 'a transaction took too long',
  '26000': 'a prepared statement is missing; a pooler must keep one session for a transaction',
  '28000': 'the login was rejected',
  '28P01': 'the password is wrong',
  '3D000': 'the database does not exist',
  '3F000': 'a schema does not exist',
  '40001': 'a conflict with other writes, or with the recovery of a standby',
  '40P01': 'a deadlock',
  '42501': 'a permission is missing',
  '42601': 'a syntax error',
  '42602': 'a name is not valid',
  '42622': 'a name is too long',
  '42701': 'a column is duplicated',
  '42702': 'a column name is ambiguous',
  '42703': 'a column does not exist',
  '42704': 'a type or another object does not exist',
  '42725': 'a function call is ambiguous',
  '42803': 'a column is neither grouped nor aggregated',
  '42804': 'types do not match',
  '42809': 'an object has the wrong kind',
  '42846': 'a type cannot be converted',
  '42883': 'a function or operator does not exist for these types',
  '42P01': 'a table does not exist',
  '42P02': 'a parameter does not exist',
  '42P10': 'a column reference is not valid',
  '42P18': 'a type cannot be determined',
  '42P19': 'a recursion is not valid',
  '42P20': 'a window function is not allowed here',
  '53100': 'the disk of the server is full',
  '53200': 'the server is out of memory',
  '53300': 'the server has too many connections',
  '53400': 'a configured limit of the server was reached',
  '54001': 'the statement is too complex (max_stack_depth)',
  '55P03': 'a lock was not available in time',
  '57014': 'the statement was canceled',
  '57P01': 'an administrator closed the connection',
  '57P02': 'the server crashed',
  '57P03': 'the server does not accept connections now',
  '57P04': 'the database was dropped',
  '57P05': 'the session was idle for too long',
  '58030': 'a disk error on the server',
  P0001: 'a function raised an error',
};

/** By class, which is the first two characters. */
const CLASSES: Record<string, string> = {
  '08': 'the connection failed',
  '22': 'a value is not valid',
  '23': 'a constraint was violated',
  '25': 'not allowed in this transaction',
  '28': 'the login was rejected',
  '39': 'a function of an extension failed',
  '40': 'the transaction was rolled back',
  '42': 'a syntax error, or a permission is missing',
  '53': 'the server lacks resources',
  '54': 'a limit of the server is exceeded',
  '55': 'an object is not in the required state',
  '57': 'an operator intervened',
  '58': 'a system error on the server',
  F0: 'the configuration file of the server is not valid',
  HV: 'a foreign data wrapper failed',
  P0: 'a function raised an error',
  XX: 'an internal error',
};

/** Conditions that have advice. */
const ADVISED: Record<string, Condition> = {
  '3F000': 'noSchema',
  '42501': 'noPermission',
  '42P01': 'noTable',
};

/** Returns what to do about an SQLSTATE. */
export function sqlstateAdvice(sqlstate: string): Next[] {
  return conditionAdvice(ADVISED[sqlstate] ?? 'other');
}

/** Returns what an SQLSTATE means, as the end of a sentence. */
export function conditionOf(sqlstate: string): string {
  return CONDITIONS[sqlstate] ?? CLASSES[sqlstate.slice(0, 2)] ?? 'an unknown error';
}
