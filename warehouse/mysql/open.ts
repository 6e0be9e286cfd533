import { unescapeCopy } from '../../activation/values/copy.ts';
import { pickColumns } from '../columns.ts';
import { segmentRead, watch } from '../reading.ts';
import { readerName, type Answer, type Guarantees, type Question, type Reader } from '../source.ts';
import type { SegmentRead, SegmentRequest, Warehouse } from '../source.ts';
import type { Statement } from '../sql/statements.ts';
import { withMarkedFaults } from '../utf8.ts';
import { connect, endedError } from './connection.ts';
import { failuresOf, type Source } from './failures.ts';
import { describeColumn, type MysqlColumn } from './kinds.ts';
import { RowLines } from './rows.ts';
import { beginReading, cancelStatement, type Session } from './session.ts';
import { describeStatement, lookStatement, readStatement } from './statements.ts';
import { isMissingTable, missingTable } from './tables.ts';
import { mysqlTarget } from './url.ts';
import { refuseLosses } from './warnings.ts';

const GUARANTEES: Guarantees = {
  snapshot: 'transaction',
  readOnly: 'server',
  errorPosition: 'none',
  tried: true,
};

/** The maximum time without an answer of the server, in milliseconds. */
export interface Timeouts {
  /** Until the login is done; undefined for the default. */
  connect?: number;
  /** For statements without work: beginning a transaction, and describing a query. */
  short: number;
  /** The time after the statement timeout within which a running server would have answered. */
  beyond: number;
}
const TIMEOUTS: Timeouts = { short: 30_000, beyond: 10_000 };

/**
 * MySQL or MariaDB as a warehouse. A segment is read by one SELECT in one read-only transaction, so from one snapshot.
 * @throws Failure ConfigurationInvalid (invalid URL or refused login), SourceUnavailable
 */
export async function openMysql(
  source: Source & { url: string; reader: Reader },
  timeouts: Timeouts = TIMEOUTS,
): Promise<Warehouse> {
  const { variable, statementTimeout } = source;
  const failures = failuresOf(source);
  const target = mysqlTarget(source.url, variable);
  const name = readerName(source.reader);
  const { short } = timeouts;
  const long = statementTimeout + timeouts.beyond;
  const connection = await connect(target, name, timeouts.connect).catch((error: unknown) => {
    throw failures(error);
  });
  let session: Session | undefined;
  let closing: Promise<void> | undefined;

  function close(): Promise<void> {
    closing ??= (async () => {
      if (!connection.isBusy || !session) return connection.end();
      // First our end, so that a canceled query that ends as if nothing had happened is not taken for a complete one.
      connection.cut(endedError());
      await cancelStatement(target, session, name, short);
    })();
    return closing;
  }

  /**
   * Does work in the transaction that all statements use. Its result is never that of a canceled statement.
   * @param started when the statement began, by `performance.now()`
   */
  async function during<T>(
    signal: AbortSignal,
    work: () => Promise<T>,
    { statement, started = performance.now() }: { statement?: Statement; started?: number } = {},
  ): Promise<T> {
    try {
      session ??= await beginReading(connection, statementTimeout, short);
      return await work();
    } catch (error) {
      const elapsed = performance.now() - started;
      throw signal.aborted ? signal.reason : failures(error, { statement, elapsed, session });
    }
  }

  async function describe(segment: SegmentRequest['segment'], setting?: string): Promise<MysqlColumn[]> {
    const { text } = describeStatement(segment, setting);
    try {
      return (await connection.describe(text, short)).map(describeColumn);
    } catch (error) {
      if (segment.query !== undefined || segment.table === undefined || !isMissingTable(error)) throw error;
      throw await missingTable(connection, segment.table, error, short);
    }
  }

  async function look({ query, setting, signal }: Question): Promise<Answer> {
    const { stop } = watch(signal, close, failures);
    const statement = describeStatement({ query }, setting);
    const answer = async () => {
      const [column] = await describe({ query }, setting);
      const { kind, expression, encoding } = column!;
      const { text } = lookStatement(query, expression, { setting, name });
      const lines = connection.lines(text, new RowLines([encoding]), long);
      let field: string | undefined;
      let item = await lines.next();
      for (; !item.done; item = await lines.next()) field = item.value.toString().slice(0, -1);
      await refuseLosses(connection, text, item.value.warnings, short);
      return { found: field !== undefined, kind, value: field === undefined ? null : unescapeCopy(field) };
    };
    return during(signal, answer, { statement }).finally(stop);
  }

  async function clock(signal: AbortSignal): Promise<number> {
    const { stop } = watch(signal, close, failures);
    const now = async () => {
      const [row] = await connection.query('select unix_timestamp(sysdate(6)) * 1000', short);
      return Number(row![0]);
    };
    return during(signal, now).finally(stop);
  }

  async function read({ segment, columns: requested, signal }: SegmentRequest): Promise<SegmentRead> {
    const { stop } = watch(signal, close, failures);
    const described = describeStatement(segment);
    const offered = await during(signal, () => describe(segment), { statement: described });
    const columns = pickColumns(requested, offered);
    /** Reads, and asks the server for warnings and for its count, which are about the last statement. */
    async function* lines(): AsyncGenerator<Buffer, number, undefined> {
      const { text } = readStatement(
        segment,
        columns.map(({ expression }) => expression),
        { name },
      );
      const encoder = new RowLines(columns.map(({ encoding }) => encoding));
      const { warnings } = yield* connection.lines(text, encoder, long);
      await refuseLosses(connection, text, warnings, short);
      const [[counted]] = (await connection.query('select found_rows()', short)) as [[string]];
      return Number(counted);
    }

    async function* batches(): AsyncGenerator<Buffer, number, undefined> {
      const source = lines();
      const context = { statement: described, started: performance.now() };
      let isRead = false;
      try {
        for (;;) {
          const item = await during(signal, () => source.next(), context);
          isRead = item.done === true;
          if (item.done) return item.value;
          yield withMarkedFaults(item.value);
        }
      } finally {
        stop();
        if (!isRead) await close(); // failed, or the consumer needs no more
      }
    }

    return segmentRead(columns, batches());
  }

  return { guarantees: GUARANTEES, look, clock, read, close };
}
