import ms from 'ms';
import { DatabaseError } from 'pg';
import { Failure } from '../../contract/failure.ts';
import { codeOf, knownCode, sqlstateOf } from '../../contract/foreign.ts';
import type { QueryPlace } from '../../contract/messages/warehouse.ts';
import type { Statement } from './statements.ts';

/** What a message needs to know of the source. */
export interface Source {
  /** The environment variable that holds the URL: errors name it, never its value. */
  variable: string;
  /** In milliseconds. */
  statementTimeout: number;
}

/** Turns what PostgreSQL or the network says into the vocabulary of contract/failure.ts: here and nowhere else. */
export interface Failures {
  /**
   * @param statement what was running, for the position of an error
   * @param elapsed for how many milliseconds
   */
  from(error: unknown, statement?: Statement, elapsed?: number): unknown;
  /** @param error what the client says of it, e.g. that a certificate file is missing */
  unusableUrl(error?: unknown): Failure;
}

/**
 * SQLSTATE classes in which a later attempt may succeed: connection, rollback (also a replica's conflicts with
 * recovery), resources, operator (shutdown), system error. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const MAY_PASS = /^(08|40|53|57P|58)/;
/** Login refused, or no such database. */
const NO_ENTRY = /^(28|3D)/;
const QUERY_CANCELED = '57014';

/**
 * No failure carries its cause or the server's text: that holds values of rows and literals of the query. It goes to the
 * state as `words`, and what is told is the SQLSTATE in words of ours.
 */
export function failuresOf({ variable, statementTimeout }: Source): Failures {
  function fromDatabase(error: DatabaseError, statement?: Statement, elapsed = 0): Failure {
    const code = sqlstateOf(error);
    if (NO_ENTRY.test(code)) return new Failure('warehouseLoginRefused', { variable, sqlstate: code });
    if (MAY_PASS.test(code)) {
      return new Failure('warehouseBrokeOff', { sqlstate: code }, { words: wordsOf(error) });
    }
    const setting = statement?.setting;
    if (code === QUERY_CANCELED && elapsed >= statementTimeout) {
      return new Failure('queryTimedOut', { setting, limit: ms(statementTimeout) });
    }
    const at = placeOf(error, statement);
    return new Failure(
      'queryFailed',
      { setting, table: statement?.table, at, sqlstate: code },
      { words: wordsOf(error) },
    );
  }

  return {
    from(error, statement, elapsed) {
      if (error instanceof DatabaseError) return fromDatabase(error, statement, elapsed);
      if (error instanceof Failure || error instanceof TypeError || !(error instanceof Error)) return error;
      return new Failure('warehouseUnreachable', { variable, error: reasonOf(error) });
    },
    unusableUrl(error) {
      return new Failure('warehouseUrlUnusable', { variable, code: knownCode(error) });
    },
  };
}

/** All that the server says, for those who may see values. */
function wordsOf({ message, detail, hint, where }: DatabaseError): string {
  return [message, detail, hint, where].filter(Boolean).join('\n');
}

/** pg has words without a code for what happens to its connection. */
const SAID = [
  [/timeout expired|timed? ?out/i, 'no answer in time'],
  [/terminated|ended|closed|not queryable/i, 'the connection ended'],
  [/does not support SSL/i, 'the server offers no TLS'],
  [/password must be a string|SASL|SCRAM/i, 'the login cannot be made with this password'],
] as const satisfies [RegExp, string][];

/** Why there is no connection: its code, or which of the words that we know it is. */
function reasonOf(error: Error): string {
  return knownCode(error) ?? SAID.find(([said]) => said.test(error.message))?.[1] ?? codeOf(error);
}

/** Where in the user's own query; PostgreSQL counts characters of the whole statement, from 1. */
function placeOf({ position }: DatabaseError, statement?: Statement): QueryPlace | undefined {
  if (position === undefined || statement?.query === undefined) return undefined;
  const before = [...statement.query].slice(0, Number(position) - 1 - statement.offset);
  if (before.length === [...statement.query].length) return 'end';
  const lines = before.join('').split('\n');
  return { line: lines.length, column: [...lines.at(-1)!].length + 1 };
}
