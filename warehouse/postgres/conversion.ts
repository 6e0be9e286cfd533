import { DatabaseError } from 'pg';
import { Failure } from '../../contract/failure.ts';
import { sqlstateOf } from '../../contract/foreign.ts';
import type { PostgresClient } from '../../postgres/client.ts';
import type { SegmentRequest } from '../source.ts';
import type { PostgresColumn } from './kinds.ts';
import { beginReading, type Session } from './session.ts';
import { countStatement, POSTGRES } from './statements.ts';

/**
 * Error codes for bytes that are invalid in the encoding of the database, and for a character without an equivalent in
 * UTF-8.
 */
const UNCONVERTIBLE = ['22021', '22P05'];

export function isUnconvertible(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && UNCONVERTIBLE.includes(sqlstateOf(error));
}

/**
 * Finds the column with values that the server could not convert to UTF-8, because the error does not name it. Each
 * text is converted again, column by column, which takes as long as the query, but only after a failure. The
 * transaction has failed and is ended.
 * @returns undefined if no column fails for this reason
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
    const converted = `convert_to(${POSTGRES.quote(column.name)}::text, 'UTF8')`;
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
    if (error !== undefined) return undefined; // the query now fails for another reason; the first error is reported
  }
  return undefined;
}
