import type { Client, QueryArrayConfig, QueryConfig } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { Failure } from '../../contract/failure.ts';
import { pickColumns } from '../columns.ts';
import type { Answer, Question, SegmentRead, SegmentRequest, Warehouse } from '../source.ts';
import { wholeLines } from '../../activation/comparison/whole-lines.ts';
import { failuresOf, type Source } from './failures.ts';
import { describeColumns } from './kinds.ts';
import { beginReading, cancelBackend, connect } from './session.ts';
import { copyStatement, describeStatement, lookStatement, type Statement } from './statements.ts';

const STREAM_BUFFER = 64 * 1024;
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * PostgreSQL as a warehouse: a segment is read by COPY in one read-only transaction, so from one snapshot.
 * @throws Failure ConfigurationInvalid (the URL is none, or the login is refused), SourceUnavailable
 */
export async function openPostgres(source: Source & { url: string }): Promise<Warehouse> {
  const failures = failuresOf(source);
  const client = await connect(source.url, failures);
  let reading: { pid: number } | undefined;
  let closing: Promise<void> | undefined;

  function close(): Promise<void> {
    closing ??= (async () => {
      if (reading) await cancelBackend(source.url, reading.pid);
      await client.end(); // in the middle of a statement it cuts the connection
    })();
    return closing;
  }

  /** Begins the one transaction of all that is asked, unless it is begun. */
  async function begin(): Promise<void> {
    reading ??= { pid: await beginReading(client, source.statementTimeout) };
  }

  /** Ends everything on cancellation; `stop` when there is nothing to cancel any more. */
  function watch(signal: AbortSignal) {
    signal.throwIfAborted();
    const cancel = () => void close();
    signal.addEventListener('abort', cancel, { once: true });
    /** To be called at the start of a statement: what it throws becomes a Failure, or the reason it was cancelled for. */
    const translator = (statement?: Statement) => {
      const started = performance.now();
      return (error: unknown): never => {
        throw signal.aborted ? signal.reason : failures.from(error, statement, performance.now() - started);
      };
    };
    return { translator, stop: () => signal.removeEventListener('abort', cancel) };
  }

  async function look({ query, setting, signal }: Question): Promise<Answer> {
    const { translator, stop } = watch(signal);
    try {
      await begin().catch(translator());
      const statement = lookStatement(query, setting);
      const { fields, rows } = await client.query(asText(extended(statement))).catch(translator(statement));
      const [column] = await describeColumns(client, fields.slice(0, 1)).catch(translator());
      const [row] = rows as unknown as (string | null)[][];
      return { found: row !== undefined, kind: column?.kind ?? 'unsupported', value: row?.[0] ?? null };
    } finally {
      stop();
    }
  }

  async function clock(signal: AbortSignal): Promise<number> {
    const { translator, stop } = watch(signal);
    try {
      await begin().catch(translator());
      const { rows } = await client
        .query<{ now: number }>('select cast(extract(epoch from clock_timestamp()) * 1000 as float8) as now')
        .catch(translator());
      return rows[0]!.now;
    } finally {
      stop();
    }
  }

  /** Whether policies hide rows from us: then PostgreSQL refuses the query where it may not apply them. */
  async function hidesRows(describe: Statement): Promise<boolean> {
    await client.query('savepoint whole; set local row_security = off');
    const refused = await client.query(extended(describe)).then(
      () => false,
      (error: { code?: string }) => {
        if (error.code === INSUFFICIENT_PRIVILEGE) return true;
        throw error;
      },
    );
    await client.query('rollback to savepoint whole');
    return refused;
  }

  async function read({ segment, columns: requested, signal }: SegmentRequest): Promise<SegmentRead> {
    const { translator, stop } = watch(signal);
    await begin().catch(translator());
    const describe = describeStatement(segment);
    const { fields } = await client.query(extended(describe)).catch(translator(describe));
    const columns = await describeColumns(client, pickColumns(requested, fields)).catch(translator());
    const restrictedRows = await hidesRows(describe).catch(translator(describe));
    let rows: number | undefined;

    async function* batches(): AsyncGenerator<Buffer, void, undefined> {
      const copy = copyStatement(segment, columns);
      const translate = translator(copy);
      try {
        signal.throwIfAborted();
        rows = yield* copyOut(client, copy);
        reading = undefined;
      } catch (error) {
        translate(error);
      } finally {
        stop();
        if (reading) await close(); // failed, or the consumer has seen enough
      }
    }

    return {
      columns: columns.map(({ name, kind, databaseType }) => ({ name, kind, databaseType })),
      restrictedRows,
      batches: batches(),
      rows() {
        if (rows === undefined) throw new Failure('rowsNotCounted', {});
        return rows;
      },
    };
  }

  return { look, clock, read, close };
}

/** The protocol that takes one statement only (an option of pg's query that its types lack). */
function extended({ text }: Statement): QueryConfig {
  return { text, queryMode: 'extended' } as QueryConfig;
}

/** Rows as lists of the server's own texts. */
function asText(query: QueryConfig): QueryArrayConfig {
  return {
    ...query,
    rowMode: 'array',
    types: { getTypeParser: () => (text: string) => text },
  };
}

/** Runs a COPY in whole lines, ends its transaction, and returns the rows as the server counted them. */
async function* copyOut(client: Client, { text }: Statement): AsyncGenerator<Buffer, number, undefined> {
  const stream = client.query(copyTo(text, { highWaterMark: STREAM_BUFFER }));
  stream.on('error', () => undefined); // after an early stop nobody else listens
  yield* wholeLines(stream as AsyncIterable<Buffer>, { reuse: true });
  // the stream ends before the server says whether all went well; a failed transaction answers with ROLLBACK
  const { command } = await client.query('commit');
  if (command !== 'COMMIT') {
    throw new Failure('segmentIncomplete', {});
  }
  return stream.rowCount;
}
