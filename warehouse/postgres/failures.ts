import ms from 'ms';
import { DatabaseError } from 'pg';
import { tlsFaultOf } from '../../contract/certificates.ts';
import { Failure } from '../../contract/failure.ts';
import { codeOf, sqlstateOf } from '../../contract/foreign.ts';
import type { QueryPlace } from '../../contract/messages/warehouse.ts';
import { meaningOf, STANDBY, type Meaning } from '../../postgres/meaning.ts';
import type { Session } from './session.ts';
import type { Statement } from './statements.ts';

/** What a message needs to know of the source. */
export interface Source {
  /** The environment variable that holds the URL: errors name it, never its value. */
  variable: string;
  /** In milliseconds. */
  statementTimeout: number;
}

/** What went on when an error came. */
export interface During {
  /** What was running, for the position of an error. */
  statement?: Statement;
  /** For how many milliseconds. */
  elapsed?: number;
  /** What is known of the server; undefined: nothing yet. */
  session?: Session;
}

/** Turns what PostgreSQL or the network says into the vocabulary of contract/failure.ts: here and nowhere else. */
export type Failures = (error: unknown, during?: During) => unknown;

/** A right may be missing to connect at all. */
const NO_RIGHT = '42501';
const QUERY_CANCELED = '57014';
/** Rollbacks, among them a standby's that cancels what conflicts with its recovery. */
const ROLLBACK = /^40/;

/**
 * No failure carries its cause or the server's text: that holds values of rows and literals of the query. It goes to the
 * state as `words`, and what is told is the SQLSTATE in words of ours.
 */
export function failuresOf({ variable, statementTimeout }: Source): Failures {
  return (error, during = {}) => {
    if (error instanceof DatabaseError) return fromDatabase(error, during);
    if (error instanceof Failure || error instanceof TypeError || !(error instanceof Error)) return error;
    const code = codeOf(error);
    const fault = tlsFaultOf(code);
    if (fault) return new Failure('databaseTlsRefused', { variable, fault, code });
    if (code === 'ERR_POSTGRES_LOGIN') return new Failure('warehousePasswordUnusable', { variable });
    return new Failure('warehouseUnreachable', { variable, code });
  };

  function fromDatabase(error: DatabaseError, during: During): Failure {
    const { statement, elapsed = 0, session } = during;
    const sqlstate = sqlstateOf(error);
    const setting = statement?.setting;
    if (sqlstate === QUERY_CANCELED && elapsed >= statementTimeout) {
      return new Failure('queryTimedOut', { setting, limit: ms(statementTimeout) });
    }
    const words = wordsOf(error);
    const meaning = meaningHere(sqlstate, session);
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

function meaningHere(sqlstate: string, session: Session | undefined): Meaning {
  if (sqlstate === NO_RIGHT && !session) return { kind: 'login' };
  return session?.isStandby && ROLLBACK.test(sqlstate) ? STANDBY : meaningOf(sqlstate);
}

/** All that the server says, for those who may see values. */
function wordsOf({ message, detail, hint, where }: DatabaseError): string {
  return [message, detail, hint, where].filter(Boolean).join('\n');
}

/** Where in the user's own query; PostgreSQL counts characters of the whole statement, from 1. */
function placeOf({ position }: DatabaseError, statement?: Statement): QueryPlace | undefined {
  if (position === undefined || statement?.query === undefined) return undefined;
  const before = [...statement.query].slice(0, Number(position) - 1 - statement.offset);
  if (before.length === [...statement.query].length) return 'end';
  const lines = before.join('').split('\n');
  return { line: lines.length, column: [...lines.at(-1)!].length + 1 };
}
