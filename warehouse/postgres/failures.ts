import ms from 'ms';
import { DatabaseError } from 'pg';
import { Failure } from '../../contract/failure.ts';
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
 * No failure carries its cause: PostgreSQL's `detail` and `where` hold values of rows, and what is thrown by an
 * activity, causes included, is shown in Temporal's web UI.
 */
export function failuresOf({ variable, statementTimeout }: Source): Failures {
  function fromDatabase(error: DatabaseError, statement?: Statement, elapsed = 0): Failure {
    const code = error.code ?? '';
    if (NO_ENTRY.test(code)) return new Failure('warehouseLoginRefused', { variable, sqlstate: code });
    if (MAY_PASS.test(code)) {
      return new Failure('warehouseBrokeOff', { error: harmless(error), sqlstate: code });
    }
    const setting = statement?.setting;
    if (code === QUERY_CANCELED && elapsed >= statementTimeout) {
      return new Failure('queryTimedOut', { setting, limit: ms(statementTimeout) });
    }
    const at = placeOf(error, statement);
    return new Failure('queryFailed', { setting, error: harmless(error), at, sqlstate: code });
  }

  return {
    from(error, statement, elapsed) {
      if (error instanceof DatabaseError) return fromDatabase(error, statement, elapsed);
      if (error instanceof Failure || error instanceof TypeError || !(error instanceof Error)) return error;
      const { code } = error as NodeJS.ErrnoException; // a system error's message holds the address
      return new Failure('warehouseUnreachable', { variable, error: code ?? error.message });
    },
    unusableUrl(error) {
      const { code } = (error ?? {}) as NodeJS.ErrnoException;
      return new Failure('warehouseUrlUnusable', { variable, code });
    },
  };
}

/**
 * The database's message without values of rows. Errors of class 42 come from the text of the query and are shown as
 * they are; in all others what is quoted may be a value; the text of a raised error (class P0) is anybody's, and left out.
 */
function harmless({ code = '', message, hint }: DatabaseError): string | null {
  if (code.startsWith('42')) return hint ? `${message}. ${hint.replace(/\.$/, '')}` : message;
  if (code.startsWith('P0')) return null;
  return message.replace(/["'«„“].*["'»“”]/s, '"…"').replace(/\b0x[0-9a-f]{2}(\s+0x[0-9a-f]{2})*/gi, '0x…');
}

/** Where in the user's own query; PostgreSQL counts characters of the whole statement, from 1. */
function placeOf({ position }: DatabaseError, statement?: Statement): QueryPlace | undefined {
  if (position === undefined || statement?.query === undefined) return undefined;
  const before = [...statement.query].slice(0, Number(position) - 1 - statement.offset);
  if (before.length === [...statement.query].length) return 'end';
  const lines = before.join('').split('\n');
  return { line: lines.length, column: [...lines.at(-1)!].length + 1 };
}
