import { advise, failure, type Next } from './message.ts';
import { conditionOf } from './sqlstates.ts';

/** What ends a correct statement: a setting of the server, or the server's state. */
export type Limit =
  | 'statement_timeout'
  | 'lock_timeout'
  | 'idle_in_transaction_session_timeout'
  | 'transaction_timeout'
  | 'idle_session_timeout'
  | 'max_connections'
  | 'temp_file_limit'
  | 'hot_standby'
  | 'read_only'
  | 'pooler';

export interface Reached {
  /** The environment variable that holds the database's URL. */
  variable: string;
  limit: Limit;
  /** The current limit, if known. */
  value?: string;
  sqlstate: string;
  /** The maximum number of attempts. */
  tries: number;
}

/** What to change. */
const ADVICE: Record<Limit, string> = {
  statement_timeout:
    'A person or a limit canceled the statement: statement_timeout of the role, database or pooler, or a workload rule. ' +
    'Raise the limit for this user.',
  lock_timeout:
    'Another session, such as a table load, holds the lock for longer. Raise lock_timeout for this user ' +
    '(alter role … set lock_timeout), or run at another time.',
  idle_in_transaction_session_timeout:
    'Raise idle_in_transaction_session_timeout for this user (alter role … set …). Pauses between statements are normal when the other side is slow.',
  transaction_timeout:
    'Raise transaction_timeout for this user (alter role … set …), or make the query faster.',
  idle_session_timeout: 'Raise idle_session_timeout for this user (alter role … set …).',
  max_connections:
    'Raise max_connections of the server or the connection limit of the role or database, or reduce the number of clients.',
  temp_file_limit:
    'The query needs more temporary space for sorts and joins. Raise temp_file_limit or work_mem for this user, or simplify the query.',
  hot_standby:
    'The server is a standby and cancels reads that block its recovery. Set hot_standby_feedback = on there, raise ' +
    'max_standby_streaming_delay, or read from the primary.',
  read_only:
    'The server is a standby, or default_transaction_read_only is on. Change the URL to the primary server.',
  pooler:
    'A pooler or proxy rejected the login or the statement. Check user and password in the URL (the pooler must know them, too), ' +
    'and whether the server behind it is running. Its log says why.',
};

const SHOP = { variable: 'WAREHOUSE_URL' };
const STATE = { variable: 'ACTITO_SYNC_DATABASE_URL' };

/** Messages about limits of a PostgreSQL server, of a warehouse or of the state database. */
export const LIMIT_MESSAGES = {
  warehouseLimit: failure<Reached>('SourceUnavailable', {
    examples: [
      { ...SHOP, limit: 'lock_timeout', value: '5s', sqlstate: '55P03', tries: 10 },
      { ...SHOP, limit: 'statement_timeout', sqlstate: '57014', tries: 3 },
      { ...SHOP, limit: 'idle_in_transaction_session_timeout', value: '1min', sqlstate: '25P03', tries: 5 },
      { ...SHOP, limit: 'transaction_timeout', sqlstate: '25P04', tries: 3 },
      { ...SHOP, limit: 'idle_session_timeout', sqlstate: '57P05', tries: 5 },
      { ...SHOP, limit: 'max_connections', sqlstate: '53300', tries: 20 },
      { ...SHOP, limit: 'temp_file_limit', value: '1GB', sqlstate: '53400', tries: 3 },
      { ...SHOP, limit: 'hot_standby', sqlstate: '40001', tries: 10 },
      { ...SHOP, limit: 'pooler', sqlstate: '08P01', tries: 10 },
    ],
    says: (reached) => `The warehouse ended the read: ${reachedInWords(reached)}`,
    next: adviceOf,
  }),
  stateLimit: failure<Reached>('StateUnavailable', {
    examples: [
      { ...STATE, limit: 'max_connections', sqlstate: '53300', tries: 20 },
      { ...STATE, limit: 'read_only', sqlstate: '25006', tries: 10 },
    ],
    says: (reached) => `The state database rejected a statement: ${reachedInWords(reached)}`,
    next: adviceOf,
  }),
};

function reachedInWords({ variable, limit, value, sqlstate, tries }: Reached): string {
  const set = value === undefined ? '' : `, ${limit} = ${value}`;
  return `${conditionOf(sqlstate)} (SQLSTATE ${sqlstate}${set}; ${variable}). It is attempted up to ${tries} times.`;
}

function adviceOf({ limit }: Reached): Next[] {
  return advise(ADVICE[limit]);
}
