import type { Client, QueryConfig } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { Failure } from '../../activation/failures.ts';
import { pickColumns } from '../columns.ts';
import type { SegmentRead, SegmentRequest, Warehouse } from '../source.ts';
import { wholeLines } from '../../activation/lines/whole-lines.ts';
import { failuresOf, type Source } from './failures.ts';
import { describeColumns } from './kinds.ts';
import { beginReading, cancelBackend, connect } from './session.ts';
import { copyStatement, describeStatement, type Statement } from './statements.ts';

const STREAM_BUFFER = 64 * 1024;

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

  async function read({ segment, columns: requested, signal }: SegmentRequest): Promise<SegmentRead> {
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

    reading = { pid: await beginReading(client, source.statementTimeout).catch(translator()) };
    const describe = describeStatement(segment);
    const { fields } = await client.query(extended(describe)).catch(translator(describe));
    const columns = await describeColumns(client, pickColumns(requested, fields)).catch(translator());
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
        signal.removeEventListener('abort', cancel);
        if (reading) await close(); // failed, or the consumer has seen enough
      }
    }

    return {
      columns: columns.map(({ name, kind, databaseType }) => ({ name, kind, databaseType })),
      batches: batches(),
      rows() {
        if (rows === undefined) throw new Error('The number of rows is known only after the last batch.');
        return rows;
      },
    };
  }

  return { read, close };
}

/** The protocol that takes one statement only (an option of pg's query that its types lack). */
function extended({ text }: Statement): QueryConfig {
  return { text, queryMode: 'extended' } as QueryConfig;
}

/** Runs a COPY in whole lines, ends its transaction, and returns the rows as the server counted them. */
async function* copyOut(client: Client, { text }: Statement): AsyncGenerator<Buffer, number, undefined> {
  const stream = client.query(copyTo(text, { highWaterMark: STREAM_BUFFER }));
  stream.on('error', () => undefined); // after an early stop nobody else listens
  yield* wholeLines(stream as AsyncIterable<Buffer>);
  // the stream ends before the server says whether all went well; a failed transaction answers with ROLLBACK
  const { command } = await client.query('commit');
  if (command !== 'COMMIT') {
    throw new Failure('SourceUnavailable', 'The warehouse did not complete the read of the segment.');
  }
  return stream.rowCount;
}
