import { Failure } from '../../contract/failure.ts';
import { pickColumns } from '../columns.ts';
import { optional } from '../library.ts';
import { warehouseOf, type Lines } from '../reading.ts';
import type { Guarantees, Reader, Warehouse } from '../source.ts';
import type { Statement } from '../sql/statements.ts';
import { placeIn } from '../sql/places.ts';
import { TIMEOUTS, type Timeouts } from '../timeouts.ts';
import { connect, type SqlServerTarget } from './connection.ts';
import { failuresOf } from './failures.ts';
import { columnOf, expressionOf, textOf, type SqlServerColumn } from './kinds.ts';
import { describeStatement, queryOf, refusalOf, statementOf, withNames, type Query } from './query.ts';
import { firstRow, linesOf, type Channel } from './rows.ts';

/** Whatever the server's `user options` are: rows are counted, and none are left out. */
const SETTINGS = 'set nocount off; set rowcount 0';
/** The number of an error: an expression without a name, such as `max(updated_at)`, in a derived table. */
const UNNAMED = 8155;
const ISOLATION =
  'select cast(snapshot_isolation_state as int) as allowed, cast(is_read_committed_snapshot_on as int) as versioned ' +
  'from sys.databases where name = db_name()';

/**
 * SQL Server as a warehouse. With SNAPSHOT isolation, if the database allows it, everything is read from one state of the
 * data.
 * @throws Failure ConfigurationInvalid (the library is missing, login or TLS refused), SourceUnavailable
 */
export async function openSqlServer(
  source: SqlServerTarget & { statementTimeout: number; reader: Reader },
  timeouts: Omit<Timeouts, 'beyond'> = TIMEOUTS,
): Promise<Warehouse> {
  const { statementTimeout } = source;
  const failures = failuresOf({ connection: source.host, statementTimeout });
  const library = await optional(import('tedious'), 'sqlserver', 'tedious');
  const { short } = timeouts;
  const connection = await connect(library, source, { ...source, timeouts }).catch((error: unknown) => {
    throw failures(error);
  });
  const channel: Channel = { library, connection };
  const snapshot = await isolationOf(channel, short).catch((error: unknown) => {
    connection.close();
    throw failures(error);
  });
  const ended = new Promise<void>((resolve) => connection.once('end', () => resolve()));
  let isBegun = false;

  const run = (text: string, timeout: number) => firstRow(channel, { text, timeout });

  /** Begins the transaction that all statements use, unless it has begun; only a snapshot needs one. */
  async function begin(): Promise<void> {
    if (isBegun) return;
    await run(SETTINGS, short);
    if (snapshot === 'transaction')
      await run('set transaction isolation level snapshot; begin transaction', short);
    isBegun = true;
  }

  /** Describes the columns of a query without reading a row. */
  async function describe(query: Query, statement: Statement): Promise<SqlServerColumn[]> {
    refuse(query);
    const { columns } = await run(statement.text, statementTimeout);
    return columns.map(columnOf);
  }

  return warehouseOf({
    guarantees: { snapshot, readOnly: 'wrapped', errorPosition: 'all', tried: false },
    failures,
    async look({ query: text, setting }, translator) {
      await begin().catch(translator());
      let query = queryOf({ query: text, setting });
      let description = statementOf(query, 'top (0) *');
      const named = async (error: Error & { number?: number }) => {
        if (error.number !== UNNAMED) throw error;
        const { rows } = await run(describeStatement(query), short);
        query = withNames(query, rows);
        description = statementOf(query, 'top (0) *');
        return describe(query, description);
      };
      const [column] = await describe(query, description).catch(named).catch(translator(description));
      const statement = statementOf(query, `top (1) ${expressionOf(column!)} as c0`);
      const { row } = await run(statement.text, statementTimeout).catch(translator(statement));
      const value = (row?.[0] ?? null) as string | null;
      const { kind } = column!;
      return { found: row !== undefined, kind, value: value === null ? null : textOf(value, column!) };
    },
    async clock(translator) {
      const now = 'select convert(nvarchar(40), sysutcdatetime(), 121) as now';
      const { row } = await run(now, short).catch(translator());
      return Date.parse(`${String(row![0]).slice(0, 23).replace(' ', 'T')}Z`);
    },
    async read({ segment, columns: requested }, translator) {
      await begin().catch(translator());
      const query = queryOf(segment);
      const description = statementOf(query, 'top (0) *');
      const offered = await describe(query, description).catch(translator(description));
      const columns = pickColumns(requested, offered);
      const list = columns.map((column, i) => `${expressionOf(column)} as c${i}`);
      const statement = statementOf(query, list.join(', '));
      async function* lines(): Lines {
        const batch = { text: statement.text, timeout: statementTimeout, columns };
        const end = yield* linesOf(channel, batch);
        if (end.rows !== end.lines) throw new Failure('segmentIncomplete', {});
        if (snapshot === 'transaction') await run('commit transaction', short);
        return end.rows;
      }

      // SQL Server does not tell whether a security policy hides rows
      return { columns, statement, lines: lines() };
    },
    async close() {
      // An attention ends the statement, and the server confirms it. If it does not, tedious closes the connection.
      if (connection.cancel()) await channel.ended;
      connection.close();
      await ended;
    },
  });
}

/** Refuses what could leave the derived table. */
function refuse(query: Query): void {
  const refused = refusalOf(query);
  if (!refused) return;
  const { condition, at } = refused;
  const place = placeIn({ text: '', query: query.query, offset: 0 }, at);
  throw new Failure('queryRefused', { setting: query.setting, condition, at: place });
}

/** Returns what the database guarantees. READ COMMITTED with locks can miss rows that move, so it guarantees nothing. */
async function isolationOf(channel: Channel, timeout: number): Promise<Guarantees['snapshot']> {
  const { row } = await firstRow(channel, { text: ISOLATION, timeout });
  const [allowed, versioned] = (row ?? []) as [number?, number?];
  if (allowed === 1) return 'transaction';
  return versioned === 1 ? 'statement' : 'none';
}
