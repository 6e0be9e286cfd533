import { unescapeCopy } from '../../activation/values/copy.ts';
import { pickColumns } from '../columns.ts';
import { warehouseOf, type Lines } from '../reading.ts';
import { readerName, type UrlSource, type Warehouse } from '../source.ts';
import type { Statement } from '../sql/statements.ts';
import { TIMEOUTS } from '../timeouts.ts';
import { connect, endedError } from './connection.ts';
import { failuresOf } from './failures.ts';
import { columnOf, type MysqlColumn } from './kinds.ts';
import { RowLines } from './rows.ts';
import { beginReading, cancelStatement, type Session } from './session.ts';
import { describeStatement, lookStatement, readStatement } from './statements.ts';
import { isMissingTable, missingTable } from './tables.ts';
import { mysqlTarget } from './url.ts';
import { refuseLosses } from './warnings.ts';

/**
 * MySQL or MariaDB as a warehouse. A segment is read by one SELECT in one read-only transaction, so from one snapshot.
 * @throws Failure ConfigurationInvalid (invalid URL or refused login), SourceUnavailable
 */
export async function openMysql(source: UrlSource, timeouts = TIMEOUTS): Promise<Warehouse> {
  const { variable, statementTimeout } = source;
  let session: Session | undefined;
  const failures = failuresOf(source, () => session);
  const target = mysqlTarget(source.url, variable);
  const name = readerName(source.reader);
  const { short } = timeouts;
  const long = statementTimeout + timeouts.beyond;
  const connection = await connect(target, name, timeouts.connect).catch((error: unknown) => {
    throw failures(error);
  });

  /** Begins the transaction that all statements use, unless it has begun. */
  async function begin(): Promise<void> {
    session ??= await beginReading(connection, statementTimeout, short);
  }

  async function describe({ text, table }: Statement): Promise<MysqlColumn[]> {
    try {
      return (await connection.describe(text, short)).map(columnOf);
    } catch (error) {
      if (table === undefined || !isMissingTable(error)) throw error;
      throw await missingTable(connection, table, error, short);
    }
  }

  /** Returns the first column of the first row, as a field of COPY. */
  async function first({ text }: Statement, { encoding }: MysqlColumn): Promise<string | undefined> {
    const lines = connection.lines(text, new RowLines([encoding]), long);
    let field: string | undefined;
    let item = await lines.next();
    for (; !item.done; item = await lines.next()) field = item.value.toString().slice(0, -1);
    await refuseLosses(connection, text, item.value.warnings, short);
    return field;
  }

  return warehouseOf({
    guarantees: { snapshot: 'transaction', readOnly: 'server', errorPosition: 'syntax', tried: true },
    failures,
    async look({ query, setting }, translator) {
      await begin().catch(translator());
      const described = describeStatement({ query, setting });
      const [column] = await describe(described).catch(translator(described));
      const statement = lookStatement(query, column!.expression, { setting, reader: name });
      const field = await first(statement, column!).catch(translator(statement));
      const value = field === undefined ? null : unescapeCopy(field);
      return { found: field !== undefined, kind: column!.kind, value };
    },
    async clock(translator) {
      await begin().catch(translator());
      const now = 'select unix_timestamp(sysdate(6)) * 1000';
      const [row] = await connection.query(now, short).catch(translator());
      return Number(row![0]);
    },
    async read({ segment, columns: requested }, translator) {
      await begin().catch(translator());
      const described = describeStatement(segment);
      const offered = await describe(described).catch(translator(described));
      const columns = pickColumns(requested, offered);
      const expressions = columns.map(({ expression }) => expression);
      const statement = readStatement(segment, expressions, name);
      /** Reads, and asks the server for warnings and for its count, which are about the last statement. */
      async function* lines(): Lines {
        const encoder = new RowLines(columns.map(({ encoding }) => encoding));
        const { warnings } = yield* connection.lines(statement.text, encoder, long);
        await refuseLosses(connection, statement.text, warnings, short);
        const [[counted]] = (await connection.query('select found_rows()', short)) as [[string]];
        return Number(counted);
      }

      return { columns, statement, lines: lines() };
    },
    async close() {
      if (!connection.isBusy || !session) return connection.end();
      // First our end, so that a canceled query that ends as if nothing had happened is not taken for a complete one.
      connection.cut(endedError());
      await cancelStatement(target, session, name, short);
    },
  });
}
