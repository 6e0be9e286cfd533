import ms from 'ms';
import { DatabaseError } from 'pg';
import { tlsFaultOf } from '../../contract/certificates.ts';
import { Failure } from '../../contract/failure.ts';
import { codeOf, sqlstateOf } from '../../contract/foreign.ts';
import type { QueryPlace } from '../../contract/messages/warehouse.ts';
import type { OfLogin } from '../../postgres/client.ts';
import { meaningOf, STANDBY, type Meaning } from '../../postgres/meaning.ts';
import type { During, Failures } from '../reading.ts';
import type { UrlSource } from '../source.ts';
import { placeIn, unitsAt } from '../sql/places.ts';
import type { Statement } from '../sql/statements.ts';
import type { Session } from './session.ts';

/** The permission to connect may be missing. */
const NO_RIGHT = '42501';
const QUERY_CANCELED = '57014';
/** Rollbacks, including a standby's that cancels statements in conflict with its recovery. */
const ROLLBACK = /^40/;

/**
 * A failure contains neither its cause nor the server's text, because that contains values of rows and literals of the
 * query. The text goes to the state as `words`, and the message is our own text about the SQLSTATE.
 * @param sessionNow returns what is known about the server; undefined if nothing is known yet
 */
export function failuresOf(
  { variable, statementTimeout }: Pick<UrlSource, 'variable' | 'statementTimeout'>,
  sessionNow: () => Session | undefined,
): Failures {
  return (error, during = {}) => {
    if (error instanceof DatabaseError) return fromDatabase(error, during);
    if (error instanceof Failure || error instanceof TypeError || !(error instanceof Error)) return error;
    const code = codeOf(error);
    const fault = tlsFaultOf(code);
    if (fault) return new Failure('databaseTlsRefused', { variable, fault, code });
    if (code === 'ERR_POSTGRES_LOGIN') return new Failure('warehousePasswordUnusable', { variable });
    return new Failure('warehouseUnreachable', { variable, code });
  };

  function fromDatabase(error: DatabaseError & OfLogin, during: During): Failure {
    const { statement, elapsed = 0 } = during;
    const session = sessionNow();
    const sqlstate = sqlstateOf(error);
    const setting = statement?.setting;
    if (sqlstate === QUERY_CANCELED && elapsed >= statementTimeout) {
      return new Failure('queryTimedOut', { setting, limit: ms(statementTimeout) });
    }
    const words = wordsOf(error);
    const { isOfLogin }: OfLogin = error;
    const meaning = meaningHere(sqlstate, session, isOfLogin);
    switch (meaning.kind) {
      case 'login':
        return new Failure('warehouseLoginRefused', { variable, sqlstate });
      case 'passes':
        return new Failure('warehouseBrokeOff', { sqlstate }, { words });
      case 'limit': {
        const { limit, tries } = meaning;
        const value = session?.limits[limit];
        return new Failure('warehouseLimit', { variable, limit, value, sqlstate, tries }, { words, tries });
      }
      case 'other': {
        const at = placeOf(error, statement);
        return new Failure('queryFailed', { setting, table: statement?.table, at, sqlstate }, { words });
      }
    }
  }
}

function meaningHere(sqlstate: string, session: Session | undefined, isOfLogin?: boolean): Meaning {
  if (sqlstate === NO_RIGHT && !session) return { kind: 'login' };
  return session?.isStandby && ROLLBACK.test(sqlstate) ? STANDBY : meaningOf(sqlstate, isOfLogin);
}

/** Returns the complete text of the server, for people who may see values. */
function wordsOf({ message, detail, hint, where }: DatabaseError): string {
  return [message, detail, hint, where].filter(Boolean).join('\n');
}

/** Returns the place in the user's own query. PostgreSQL counts characters of the whole statement, from 1. */
function placeOf({ position }: DatabaseError, statement?: Statement): QueryPlace | undefined {
  if (position === undefined || !statement) return undefined;
  return placeIn(statement, unitsAt(statement.text, Number(position) - 1));
}
