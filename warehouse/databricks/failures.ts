import { Failure } from '../../contract/failure.ts';
import type { Condition } from '../../contract/messages/conditions.ts';
import { conditionOfSqlstate } from '../sql/conditions.ts';
import { placeOfLine } from '../sql/places.ts';
import type { Context } from '../rest/statement.ts';
import type { Statement } from '../sql/statements.ts';

/** The error of a statement, or of a call. */
interface Refusal {
  /** Undefined: the call succeeded, and the statement failed. */
  status?: number;
  code?: string;
  sqlState?: string;
  message?: string;
}

/** Codes of the service that later calls may not get. */
const PASSING = [
  'TEMPORARILY_UNAVAILABLE',
  'SERVICE_UNDER_MAINTENANCE',
  'WORKSPACE_TEMPORARILY_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'INTERNAL_ERROR',
  'IO_ERROR',
  'ABORTED',
  'CANCELLED',
  'RESOURCE_EXHAUSTED',
];
/**
 * Error conditions, if an answer has no SQLSTATE. They are the first word of a text, in brackets.
 * @see https://docs.databricks.com/error-messages/error-classes.html
 */
const CONDITIONS: Record<string, Condition> = {
  PARSE_SYNTAX_ERROR: 'syntax',
  PARSE_EMPTY_STATEMENT: 'syntax',
  TABLE_OR_VIEW_NOT_FOUND: 'noTable',
  SCHEMA_NOT_FOUND: 'noSchema',
  UNRESOLVED_COLUMN: 'noColumn',
  UNRESOLVED_ROUTINE: 'noFunction',
  AMBIGUOUS_REFERENCE: 'ambiguousName',
  DATATYPE_MISMATCH: 'types',
  DIVIDE_BY_ZERO: 'division',
  CAST_INVALID_INPUT: 'conversion',
  CAST_OVERFLOW: 'range',
  ARITHMETIC_OVERFLOW: 'range',
  INSUFFICIENT_PERMISSIONS: 'noPermission',
  SCALAR_SUBQUERY_TOO_MANY_ROWS: 'severalRows',
};

/** Converts refusals into failures; no other function does. The service's text may contain values: it is kept apart. */
export function failureOf(refusal: Refusal, { client }: Context, statement: Statement): Failure {
  const connection = client.host;
  const { status, code, message: words } = refusal;
  const named = conditionName(words);
  const sqlState = refusal.sqlState ?? /\bSQLSTATE:? (\w{5})\b/.exec(words ?? '')?.[1];
  const known = inWords(refusal, named, sqlState);
  if (status === 401 || status === 403) {
    const check = ['host', 'token or clientId', 'the right to use the warehouse'];
    return new Failure('sourceLoginRefused', { connection, check, code: known }, { words });
  }
  const condition = CONDITIONS[named ?? ''] ?? conditionOfSqlstate(sqlState);
  if (condition === undefined && (status === 400 || status === 404)) {
    const check = ['warehouse', 'catalog', 'schema'];
    return new Failure('sourceConnectionRefused', { connection, check, code: known }, { words });
  }
  if (condition === undefined && (status !== undefined || (code !== undefined && PASSING.includes(code))))
    return new Failure('sourceBrokeOff', { connection, code: known }, { words });
  const { setting, table } = statement;
  const at = placeOf(words, statement);
  const facts = { setting, table, condition: condition ?? ('other' as const), at, code: known };
  return new Failure('queryRefused', facts, { words });
}

/** `[UNRESOLVED_COLUMN.WITH_SUGGESTION] …`, of which the first part says enough. A line break can be before it. */
function conditionName(message = ''): string | undefined {
  return /^\s*[^\n]{0,80}?\n?\[([A-Z_]+)(?:\.[A-Z_.]+)?\]/.exec(message)?.[1];
}

/** What is no code of the expected form is not shown. */
function inWords({ status, code = '' }: Refusal, named?: string, sqlState?: string): string {
  if (named !== undefined && Object.hasOwn(CONDITIONS, named)) return `Databricks ${named}`;
  if (sqlState !== undefined && /^[0-9A-Z]{5}$/.test(sqlState)) return `Databricks SQLSTATE ${sqlState}`;
  if (/^[A-Z_]{3,50}$/.test(code)) return `Databricks ${code}`;
  return status === undefined ? 'Databricks' : `HTTP status ${status}`;
}

/** `line 2, pos 5` or `line 2 pos 5`: lines from 1, positions from 0. */
function placeOf(message: string | undefined, statement: Statement) {
  const found = /\bline (\d+),? pos (\d+)/.exec(message ?? '');
  return found ? placeOfLine(statement, Number(found[1]), Number(found[2])) : undefined;
}
