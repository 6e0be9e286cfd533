import type { QueryArrayConfig, QueryConfig } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { wholeLines } from '../../activation/comparison/whole-lines.ts';
import { Failure } from '../../contract/failure.ts';
import type { PostgresClient } from '../../postgres/client.ts';
import { databaseTarget } from '../../postgres/url.ts';
import { pickColumns } from '../columns.ts';
import { warehouseOf, type Lines } from '../reading.ts';
import type { SegmentRequest, UrlSource, Warehouse } from '../source.ts';
import { TIMEOUTS } from '../timeouts.ts';
import { withMarkedFaults } from '../copy/utf8.ts';
import { isUnconvertible, unconvertibleColumn } from './conversion.ts';
import { failuresOf } from './failures.ts';
import { describeColumns, type PostgresColumn } from './kinds.ts';
import { beginReading, cancelBackend, connect, type Session } from './session.ts';
import type { Statement } from '../sql/statements.ts';
import { copyStatement, describeStatement, lookStatement } from './statements.ts';
import { isMissingTable, missingTable } from './tables.ts';

const STREAM_BUFFER = 64 * 1024;
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * PostgreSQL as a warehouse. A segment is read by COPY in one read-only transaction, so from one snapshot.
 * @throws Failure ConfigurationInvalid (invalid URL or refused login), SourceUnavailable
 */
export async function openPostgres(source: UrlSource, timeouts = TIMEOUTS): Promise<Warehouse> {
  const { variable, statementTimeout } = source;
  let session: Session | undefined;
  const failures = failuresOf(source, () => session);
  const target = databaseTarget(source.url, variable);
  const { short } = timeouts;
  const client = await connect(target, failures, timeouts.connect, source.reader);
  const long = statementTimeout + timeouts.beyond;
  let isReading = false;

  /** Begins the transaction that all statements use, unless it has begun. */
  async function begin(): Promise<void> {
    session ??= await client.within(short, beginReading(client, statementTimeout));
    isReading = true;
  }

  /** Returns the fields of the segment's query; for a missing table, the failure suggests a similar one. */
  async function describe(statement: Statement) {
    try {
      return (await client.query(extended(statement))).fields;
    } catch (error) {
      if (statement.table === undefined || !isMissingTable(error)) throw error;
      throw await missingTable(client, statement.table, error);
    }
  }

  /** Whether row security hides rows: then PostgreSQL refuses the query. */
  async function hidesRows(statement: Statement): Promise<boolean> {
    await client.query('savepoint whole; set local row_security = off');
    const refused = await client.query(extended(statement)).then(
      () => false,
      (error: { code?: string }) => {
        if (error.code === INSUFFICIENT_PRIVILEGE) return true;
        throw error;
      },
    );
    await client.query('rollback to savepoint whole');
    return refused;
  }

  /**
   * Returns a failure that names the column that could not be converted, if that is why reading failed; otherwise the
   * original error.
   */
  async function whatFailed(error: unknown, segment: SegmentRequest['segment'], columns: PostgresColumn[]) {
    if (!session || !isUnconvertible(error)) return error;
    const found = unconvertibleColumn(client, { segment, columns, session, statementTimeout });
    return (await client.within(long, found)) ?? error;
  }

  return warehouseOf({
    guarantees: { snapshot: 'transaction', readOnly: 'server', errorPosition: 'all', tried: true },
    failures,
    async look({ query, setting }, translator) {
      await begin().catch(translator());
      const statement = lookStatement(query, setting);
      const { fields, rows } = await client
        .within(long, client.query(asText(extended(statement))))
        .catch(translator(statement));
      const [column] = await client
        .within(long, describeColumns(client, fields.slice(0, 1)))
        .catch(translator());
      const [row] = rows as unknown as (string | null)[][];
      return { found: row !== undefined, kind: column?.kind ?? 'unsupported', value: row?.[0] ?? null };
    },
    async clock(translator) {
      await begin().catch(translator());
      const now = client.query<{ now: number }>(
        'select cast(extract(epoch from clock_timestamp()) * 1000 as float8) as now',
      );
      const { rows } = await client.within(short, now).catch(translator());
      return rows[0]!.now;
    },
    async read({ segment, columns: requested, signal }, translator) {
      await begin().catch(translator());
      const described = describeStatement(segment);
      const fields = await client.within(long, describe(described)).catch(translator(described));
      const columns = await client
        .within(long, describeColumns(client, pickColumns(requested, fields)))
        .catch(translator());
      const restrictedRows = await client.within(long, hidesRows(described)).catch(translator(described));
      const statement = copyStatement(segment, columns);
      async function* lines(): Lines {
        try {
          const rows = yield* copyOut(client, statement, { short, long });
          isReading = false;
          return rows;
        } catch (error) {
          throw signal.aborted ? error : await whatFailed(error, segment, columns);
        }
      }

      return { columns, statement, lines: lines(), restrictedRows };
    },
    async close() {
      if (isReading && session) await cancelBackend(target, session.pid, short);
      await client.end(); // in the middle of a statement it ends the connection
    },
  });
}

/** Uses the extended protocol, which accepts only one statement (an option of pg's query that its types lack). */
function extended({ text }: Statement): QueryConfig {
  return { text, queryMode: 'extended' } as QueryConfig;
}

/** Rows as arrays of the server's own texts. */
function asText(query: QueryConfig): QueryArrayConfig {
  return {
    ...query,
    rowMode: 'array',
    types: { getTypeParser: () => (text: string) => text },
  };
}

/** Runs a COPY, yields whole lines, ends the transaction, and returns the server's count of rows. */
async function* copyOut(
  client: PostgresClient,
  { text }: Statement,
  { short, long }: { short: number; long: number },
): Lines {
  const stream = client.query(copyTo(text, { highWaterMark: STREAM_BUFFER }));
  stream.on('error', () => undefined); // after an early stop, nothing else listens
  const lines = wholeLines(stream as AsyncIterable<Buffer>, { reuse: true });
  try {
    const next = () => client.within(long, lines.next());
    for (let item = await next(); !item.done; item = await next()) yield withMarkedFaults(item.value);
  } finally {
    await lines.return(undefined);
  }
  // the stream ends before the server reports success; a failed transaction answers with ROLLBACK
  const { command } = await client.within(short, client.query('commit'));
  if (command !== 'COMMIT') {
    throw new Failure('segmentIncomplete', {});
  }
  return stream.rowCount;
}
