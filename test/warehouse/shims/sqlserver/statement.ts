import { ResultReturnType, type DuckDBConnection } from '@duckdb/node-api';
import { checkSubqueries, columnsOf } from './checks.ts';
import { sqlError } from './errors.ts';
import { SqlFailure } from './stream.ts';
import type { Token } from '../tokens.ts';
import { statementsOf } from './tokens.ts';
import { translate } from './translate.ts';
import { wireType, type WireType } from './types.ts';

export interface Result {
  columns: { name: string; type: WireType }[];
  /** In chunks, as DuckDB has them. */
  rows: AsyncIterable<unknown[][]>;
  /** Rows that a statement wrote; undefined for a query. */
  changed?: number;
}

/** What a session does itself. */
export type Command =
  | { kind: 'set'; snapshot?: boolean }
  | { kind: 'transaction'; action: 'begin' | 'commit' | 'rollback' }
  | { kind: 'wait'; milliseconds: number }
  | { kind: 'use'; database: string }
  | { kind: 'describe'; sql: string }
  | { kind: 'kill'; session: number };

export interface Statement {
  tokens: Token[];
  lineOf(this: void, token: Token): number;
}

export function statements(batch: string): Statement[] {
  const lineOf = (token: Token) => batch.slice(0, token.start).split('\n').length;
  return statementsOf(batch).map((tokens) => ({ tokens, lineOf }));
}

const OPTIONS =
  /^(nocount|xact_abort|ansi_\w+|quoted_identifier|textsize|arithabort|arithignore|dateformat|datefirst|language|lock_timeout|implicit_transactions|rowcount|concat_null_yields_null|numeric_roundabort|deadlock_priority|cursor_close_on_commit|context_info|fmtonly|noexec)$/;

/** The command that a statement is, if DuckDB has nothing to do with it. @throws SqlFailure */
export function commandOf({ tokens, lineOf }: Statement): Command | undefined {
  const [verb, second, third] = [0, 1, 2].map((i) => tokens[i]?.text ?? '');
  switch (verb) {
    case 'set': {
      if (second === 'transaction') return { kind: 'set', snapshot: tokens[4]?.text === 'snapshot' };
      if (OPTIONS.test(second!)) return { kind: 'set' };
      throw new SqlFailure({
        number: 195,
        level: 15,
        message: `'${second}' is not a recognized SET option.`,
        line: lineOf(tokens[0]!),
      });
    }
    case 'begin':
      return { kind: 'transaction', action: 'begin' };
    case 'commit':
    case 'rollback':
      return { kind: 'transaction', action: verb };
    case 'waitfor': {
      const [hours, minutes, seconds] = (third ?? '').split(':').map(Number);
      return { kind: 'wait', milliseconds: ((hours! * 60 + minutes!) * 60 + (seconds ?? 0)) * 1000 };
    }
    case 'use':
      return { kind: 'use', database: second! };
    case 'kill':
      return { kind: 'kill', session: Number(second) };
    case 'exec':
    case 'execute': {
      const sql = tokens.find(({ kind }) => kind === 'string');
      if (second!.endsWith('sp_describe_first_result_set') && sql) return { kind: 'describe', sql: sql.text };
      throw new SqlFailure({
        number: 2812,
        level: 16,
        message: `Could not find stored procedure '${second}'.`,
        line: lineOf(tokens[0]!),
      });
    }
    default:
      return undefined;
  }
}

/**
 * Runs a statement. The whole result is computed first: what DuckDB streams can end early without an error.
 * @throws SqlFailure
 */
export async function run(connection: DuckDBConnection, statement: Statement): Promise<Result> {
  const { tokens, lineOf } = statement;
  checkSubqueries(tokens, lineOf);
  try {
    const result = await connection.run(translate(tokens));
    return {
      columns: result.columnNames().map((name, i) => ({ name: nameOf(tokens, name, i), type: wireType(String(result.columnType(i))) })), // prettier-ignore
      rows: result.yieldRowsJson() as AsyncIterable<unknown[][]>,
      changed: result.returnType === ResultReturnType.QUERY_RESULT ? undefined : result.rowsChanged,
    };
  } catch (error) {
    throw new SqlFailure(sqlError(error, tokens, lineOf));
  }
}

/** The columns of the first result of a batch. @throws SqlFailure */
export async function describe(connection: DuckDBConnection, sql: string): Promise<Result['columns']> {
  const first = statements(sql).find((statement) => commandOf(statement) === undefined);
  if (!first) return [];
  checkSubqueries(first.tokens, first.lineOf);
  try {
    const prepared = await connection.run(`describe ${translate(first.tokens)}`);
    const rows = (await prepared.getRowsJson()) as [string, string][];
    return rows.map(([name, type], i) => ({ name: nameOf(first.tokens, name, i), type: wireType(type) }));
  } catch (error) {
    throw new SqlFailure(sqlError(error, first.tokens, first.lineOf));
  }
}

/** DuckDB gives each column a name; SQL Server does not. */
function nameOf(tokens: Token[], duck: string, index: number): string {
  const start = tokens.findLastIndex(
    ({ text, kind }, i) => text === 'select' && kind === 'word' && depthAt(tokens, i) === 0,
  );
  const names = start < 0 ? [] : columnsOf(tokens.slice(start));
  return names.slice(0, index + 1).includes('*') ? duck : index < names.length ? (names[index] ?? '') : duck;
}

function depthAt(tokens: Token[], end: number): number {
  return tokens.slice(0, end).reduce((depth, { kind, text }) => depth + (kind !== 'symbol' ? 0 : text === '(' ? 1 : text === ')' ? -1 : 0), 0); // prettier-ignore
}
