import ms from 'ms';
import { Failure } from '../../contract/failure.ts';
import type { Condition } from '../../contract/messages/conditions.ts';
import type { QueryPlace } from '../../contract/messages/warehouse.ts';
import { networkFailure } from '../http/failures.ts';
import { placeOfLine } from '../sql/places.ts';
import type { Statement } from '../sql/statements.ts';
import type { Failures } from '../reading.ts';
import type { UrlSource } from '../source.ts';

/** The `error` of an answer: https://trino.io/docs/current/develop/client-protocol.html#queryerror-attributes */
export interface TrinoErrorInfo {
  message?: string;
  errorName?: string;
  errorType?: string;
  errorLocation?: { lineNumber: number; columnNumber: number };
}

/** An error that Trino reported about a query. */
export class QueryError extends Error {
  readonly info: TrinoErrorInfo;

  constructor(info: TrinoErrorInfo) {
    super('Trino error');
    this.info = info;
  }
}

/** Names of https://github.com/trinodb/trino/blob/master/core/trino-spi/src/main/java/io/trino/spi/StandardErrorCode.java */
const CONDITIONS: Record<string, Condition> = {
  SYNTAX_ERROR: 'syntax',
  TABLE_NOT_FOUND: 'noTable',
  SCHEMA_NOT_FOUND: 'noSchema',
  CATALOG_NOT_FOUND: 'noSchema',
  MISSING_CATALOG_NAME: 'noSchema',
  MISSING_SCHEMA_NAME: 'noSchema',
  COLUMN_NOT_FOUND: 'noColumn',
  FUNCTION_NOT_FOUND: 'noFunction',
  AMBIGUOUS_NAME: 'ambiguousName',
  DUPLICATE_COLUMN_NAME: 'duplicateColumn',
  EXPRESSION_NOT_AGGREGATE: 'notGrouped',
  PERMISSION_DENIED: 'noPermission',
  READ_ONLY_VIOLATION: 'readOnly',
  TYPE_MISMATCH: 'types',
  INVALID_CAST_ARGUMENT: 'conversion',
  INVALID_FUNCTION_ARGUMENT: 'value',
  INVALID_LITERAL: 'value',
  NUMERIC_VALUE_OUT_OF_RANGE: 'range',
  DIVISION_BY_ZERO: 'division',
  SUBQUERY_MULTIPLE_ROWS: 'severalRows',
  EXCEEDED_LOCAL_MEMORY_LIMIT: 'memory',
  EXCEEDED_GLOBAL_MEMORY_LIMIT: 'memory',
  EXCEEDED_TIME_LIMIT: 'limit',
  EXCEEDED_CPU_LIMIT: 'limit',
  EXCEEDED_SCAN_LIMIT: 'limit',
  EXCEEDED_SPILL_LIMIT: 'limit',
  EXCEEDED_TASK_DESCRIPTOR_STORAGE_CAPACITY: 'limit',
  INVALID_SESSION_PROPERTY: 'setting',
  NOT_SUPPORTED: 'feature',
  USER_CANCELED: 'canceled',
  ADMINISTRATIVELY_KILLED: 'canceled',
};
/** Also temporary, though not an error of a server's or of another system's: the cluster is busy, or stops. */
const TEMPORARY = [
  'ABANDONED_QUERY',
  'ADMINISTRATIVELY_PREEMPTED',
  'CLUSTER_OUT_OF_MEMORY',
  'CLUSTER_HAS_TOO_MANY_RUNNING_TASKS',
  'NO_NODES_AVAILABLE',
  'QUERY_QUEUE_FULL',
  'SERVER_SHUTTING_DOWN',
  'SERVER_STARTING_UP',
];

export function failuresOf({
  variable: connection,
  statementTimeout,
}: Pick<UrlSource, 'variable' | 'statementTimeout'>): Failures {
  return (error, during = {}) => {
    if (!(error instanceof QueryError)) return networkFailure(error, { variable: connection });
    const { statement, elapsed = 0 } = during;
    const { message: words = '', errorName = '', errorType = '' } = error.info;
    const name = /^[A-Z][A-Z0-9_]{1,80}$/.test(errorName) ? errorName : 'without a name';
    const code = `Trino error ${name}`;
    const setting = statement?.setting;
    if (name === 'EXCEEDED_TIME_LIMIT' && elapsed >= statementTimeout)
      return new Failure('queryTimedOut', { setting, limit: ms(statementTimeout) });
    if (name === 'PERMISSION_DENIED' && /session property query_max_run_time/.test(words)) {
      const expected = 'a session property that the user may set';
      const facts = { connection, setting: 'query_max_run_time', expected };
      return new Failure('sourceSettingUnusable', facts, { words });
    }
    const condition = CONDITIONS[name];
    const isTemporary = TEMPORARY.includes(name) || ['INTERNAL_ERROR', 'EXTERNAL'].includes(errorType);
    if (condition === undefined && isTemporary)
      return new Failure('sourceBrokeOff', { connection, code }, { words });
    const at = placeOf(error.info, statement);
    const facts = { setting, table: statement?.table, condition: condition ?? ('other' as const), at, code };
    return new Failure('queryRefused', facts, { words });
  };
}

/** Trino counts lines, and characters of a line, from 1. */
function placeOf({ errorLocation }: TrinoErrorInfo, statement?: Statement): QueryPlace | undefined {
  if (!errorLocation || !statement) return undefined;
  return placeOfLine(statement, errorLocation.lineNumber, errorLocation.columnNumber - 1);
}
