import { advise, failure, type Next } from './message.ts';
import { conditionOf } from './sqlstates.ts';

/** What ends a statement although nothing is wrong with it: a setting of the server, or the state that it is in. */
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
  /** The limit as it is set, when it is known. */
  value?: string;
  sqlstate: string;
  /** How often it is tried at most. */
  tries: number;
}

/** What to change, by the setting. */
const ADVICE: Record<Limit, string> = {
  statement_timeout:
    'Someone cancelled it, or a limit did: statement_timeout of the role, the database or a pooler between, or rules for workloads. ' +
    'Raise it for this user.',
  lock_timeout:
    'Something holds a lock for longer, such as a load of the table: raise lock_timeout for this user (alter role … set lock_timeout), ' +
    'or run at another time.',
  idle_in_transaction_session_timeout:
    'Raise idle_in_transaction_session_timeout for this user (alter role … set …): between two statements the other side may be slow.',
  transaction_timeout:
    'Raise transaction_timeout for this user (alter role … set …), or make the query faster.',
  idle_session_timeout: 'Raise idle_session_timeout for this user (alter role … set …).',
  max_connections:
    'Raise max_connections of the server, or the connection limit of the role or the database, or let fewer clients connect.',
  temp_file_limit:
    'The query sorts or joins more than fits: raise temp_file_limit for this user, or work_mem, or make the query smaller.',
  hot_standby:
    'The server is a standby and cancels reads that stand in the way of its recovery: set hot_standby_feedback = on there, or raise ' +
    'max_standby_streaming_delay, or read from the primary.',
  read_only: 'It is a standby, or default_transaction_read_only is on: the URL must lead to the primary.',
  pooler: 'A pooler or proxy between refused it; its log says why.',
};

const SHOP = { variable: 'WAREHOUSE_URL' };
const STATE = { variable: 'ACTITO_SYNC_DATABASE_URL' };

/** What is said of limits that an administrator of a PostgreSQL has set, in a warehouse or in our own database. */
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
    says: (reached) => `The state database refused a statement: ${reachedInWords(reached)}`,
    next: adviceOf,
  }),
};

function reachedInWords({ variable, limit, value, sqlstate, tries }: Reached): string {
  const set = value === undefined ? '' : `, ${limit} = ${value}`;
  return `${conditionOf(sqlstate)} (SQLSTATE ${sqlstate}${set}; ${variable}). It is tried ${tries} times at most.`;
}

function adviceOf({ limit }: Reached): Next[] {
  return advise(ADVICE[limit]);
}
