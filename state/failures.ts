import { tlsFaultOf } from '../contract/certificates.ts';
import { Failure } from '../contract/failure.ts';
import { sqlstateOf } from '../contract/foreign.ts';
import type { FactsOf } from '../contract/messages/catalogue.ts';
import { CONNECTION_CODES } from '../contract/messages/connections.ts';
import { STATE_VARIABLE as variable } from '../contract/names.ts';
import type { OfLogin } from '../postgres/client.ts';
import { meaningOf, READ_ONLY, type Meaning } from '../postgres/meaning.ts';
import { sessionOf } from './session-names.ts';
import { LONGEST_WAIT } from './transactions.ts';

const NETWORK =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOENT|EACCES|ENOTFOUND|EAI_AGAIN|E(HOST|NET)(UNREACH|DOWN)|EADDRNOTAVAIL)$/;
/**
 * System calls of connections: a name or address was not found, or a Unix socket could not be opened. For a file it
 * would be another error.
 */
const OF_CONNECTIONS = ['connect', 'getaddrinfo', 'read', 'write'];

/** A run's own tables are dropped when it is closed. An attempt that still uses them was abandoned before. */
const DROPPED = { code: '42P01', table: /"(delta|aside|result)_\d/ };
/** The server is read-only. */
const ONLY_READS = '25006';

const LOCK_NOT_AVAILABLE = '55P03';

/** Anyone can choose the name of a session, so only names in our own format are reported. */
function heldBy({
  holders = [],
}: {
  holders?: string[];
}): Pick<FactsOf<'stateLocked'>, 'holders' | 'others'> {
  const known = [...new Set(holders)].map(sessionOf).filter((session) => session !== undefined);
  return { holders: known, others: new Set(holders).size - known.length };
}

/**
 * Converts errors of pg and knex into our failures; undefined for other errors. The message contains the SQLSTATE and
 * no text of PostgreSQL, because texts, statements and details may contain keys. PostgreSQL's log has them.
 */
export function stateFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, severity, syscall } = error as { code?: string; severity?: string; syscall?: string };
  if (severity !== undefined && code !== undefined) return fromServer(error, sqlstateOf({ code }));
  if (error.name === 'KnexTimeoutError') return new Failure('stateUnreachable', {}); // the pool had no free connection
  if (code === undefined) return undefined;
  const fault = tlsFaultOf(code);
  if (fault) return new Failure('databaseTlsRefused', { variable, fault, code });
  if (code === 'ERR_POSTGRES_LOGIN') return new Failure('stateRefusesAccess', { code });
  const isOurs = Object.hasOwn(CONNECTION_CODES, code) || code.startsWith('ERR_SSL_'); // damaged in transit
  const isNetwork = NETWORK.test(code) && (syscall === undefined || OF_CONNECTIONS.includes(syscall));
  return isOurs || isNetwork ? new Failure('stateUnreachable', { code }) : undefined;
}

function fromServer(error: Error & OfLogin, sqlstate: string): Failure {
  if (sqlstate === DROPPED.code && DROPPED.table.test(error.message)) {
    return new Failure('runTablesDropped', {});
  }
  if (sqlstate === LOCK_NOT_AVAILABLE)
    return new Failure('stateLocked', { waited: LONGEST_WAIT, ...heldBy(error as { holders?: string[] }) });
  const { isOfLogin }: OfLogin = error;
  const meaning: Meaning = sqlstate === ONLY_READS ? READ_ONLY : meaningOf(sqlstate, isOfLogin);
  switch (meaning.kind) {
    case 'passes':
      return new Failure('stateBusy', { code: sqlstate });
    case 'login':
      return new Failure('stateRefusesAccess', { code: sqlstate });
    case 'limit': {
      const { limit, tries } = meaning;
      return new Failure('stateLimit', { variable, limit, sqlstate, tries }, { tries });
    }
    case 'other':
      return new Failure('stateRefused', { code: sqlstate });
  }
}
