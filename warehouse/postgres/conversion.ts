import pg, { DatabaseError } from 'pg';
import { Failure } from '../../contract/failure.ts';
import { sqlstateOf } from '../../contract/foreign.ts';
import type { PostgresClient } from '../../postgres/client.ts';
import type { SegmentRequest } from '../source.ts';
import type { PostgresColumn } from './kinds.ts';
import { beginReading, type Session } from './session.ts';
import { countStatement } from './statements.ts';

/** Bytes that are no text in the encoding of the database, and a character that UTF-8 has no equivalent of. */
const UNCONVERTIBLE = ['22021', '22P05'];

export function isUnconvertible(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && UNCONVERTIBLE.includes(sqlstateOf(error));
}

/**
 * Finds the column whose values the server could not convert to UTF-8: it does not say. Each text is converted once more, column
 * by column, which takes as long as the query, but only once something has failed. The transaction has failed and is left.
 * @returns undefined when no column fails for this
 */
export async function unconvertibleColumn(
  client: PostgresClient,
  {
    segment,
    columns,
    session,
    statementTimeout,
  }: {
    segment: SegmentRequest['segment'];
    columns: PostgresColumn[];
    session: Session;
    statementTimeout: number;
  },
): Promise<Failure | undefined> {
  await client.query('rollback');
  for (const column of columns.filter(({ kind }) => kind === 'text')) {
    await beginReading(client, statementTimeout);
    const converted = `convert_to(${pg.escapeIdentifier(column.name)}::text, 'UTF8')`;
    const error: unknown = await client.query(countStatement(segment, converted).text).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    await client.query('rollback');
    if (isUnconvertible(error)) {
      const { encoding } = session;
      return new Failure('columnNotConvertible', {
        column: column.name,
        encoding,
        sqlstate: sqlstateOf(error),
      });
    }
    if (error !== undefined) return undefined; // the query fails otherwise by now: what came first is told
  }
  return undefined;
}
