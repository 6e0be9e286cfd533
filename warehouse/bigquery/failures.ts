import ms from 'ms';
import { tlsFaultOf } from '../../contract/certificates.ts';
import { Failure } from '../../contract/failure.ts';
import { codeOf } from '../../contract/foreign.ts';
import type { Condition } from '../../contract/messages/conditions.ts';
import type { QueryPlace } from '../../contract/messages/warehouse.ts';
import type { During, Failures } from '../reading.ts';
import { placeIn } from '../sql/places.ts';
import type { Statement } from '../sql/statements.ts';

/** An error that BigQuery's REST API reported. */
export class BigqueryError extends Error {
  readonly status: number;
  /** One of https://cloud.google.com/bigquery/docs/error-messages; undefined if the answer is not BigQuery's. */
  readonly reason: string | undefined;
  /** The server's text. It may contain values and literals. */
  readonly words: string;
  /** What the server wants to pass until the next call, in milliseconds. */
  readonly retryAfter: number | undefined;
  /** The server only checked the query, and no row was computed. */
  isOfDryRun = false;

  constructor(facts: { status: number; reason?: string; words: string; retryAfter?: number }) {
    super('BigQuery error');
    this.status = facts.status;
    this.reason = facts.reason;
    this.words = facts.words;
    this.retryAfter = facts.retryAfter;
  }

  /** A later call may succeed. */
  get isTemporary(): boolean {
    if (this.reason !== undefined && TEMPORARY.has(this.reason)) return true;
    return this.status === 429 || (this.status >= 500 && this.reason !== 'notImplemented');
  }
}

/** An error of the Storage Read API: https://grpc.io/docs/guides/status-codes/ */
export class StorageError extends Error {
  readonly status: number;
  readonly words: string;

  constructor(status: number, words: string) {
    super('BigQuery Storage error');
    this.status = status;
    this.words = words;
  }
}

/** An answer is not what the protocol says. */
export class AnswerUnreadable extends Error {
  readonly expected: string;

  constructor(expected: string) {
    super('Unreadable answer');
    this.expected = expected;
  }
}

const TEMPORARY = new Set([
  'backendError',
  'blocked',
  'internalError',
  'jobBackendError',
  'jobInternalError',
  'jobRateLimitExceeded',
  'quotaExceeded',
  'rateLimitExceeded',
  'resourceInUse',
  'tableUnavailable',
]);
const CONDITIONS: Record<string, Condition> = {
  accessDenied: 'noPermission',
  billingTierLimitExceeded: 'limit',
  invalid: 'invalid',
  invalidQuery: 'invalid',
  notFound: 'noObject',
  notImplemented: 'feature',
  resourcesExceeded: 'limit',
  responseTooLarge: 'limit',
  stopped: 'canceled',
  timeout: 'limit',
};
/** BigQuery has one reason for all errors of GoogleSQL; these are their first words. */
const BY_WORDS: readonly (readonly [pattern: RegExp, condition: Condition])[] = [
  [/^Syntax error:/, 'syntax'],
  [/^Unrecognized name:/, 'noColumn'],
  [/^Function not found:/, 'noFunction'],
];
const [PERMISSION_DENIED, UNAUTHENTICATED] = [7, 16];

/**
 * The server's text goes to the state, and of a query that did not run, the kind and the place of the error are read.
 * @param source `connection` names the warehouse in messages; the limits are in milliseconds and bytes
 */
export function failuresOf({
  connection,
  statementTimeout,
  maximumBytesBilled,
}: {
  connection: string;
  statementTimeout: number;
  maximumBytesBilled?: number;
}): Failures {
  return (error, during = {}) => {
    if (error instanceof BigqueryError) return fromServer(error, during);
    if (error instanceof StorageError) return fromStorage(error);
    if (error instanceof AnswerUnreadable) {
      return new Failure('sourceAnswerUnreadable', { connection, status: 200, expected: error.expected });
    }
    if (error instanceof Failure || error instanceof TypeError || !(error instanceof Error)) return error;
    const code = codeOf(error);
    const fault = tlsFaultOf(code);
    if (fault) return new Failure('sourceTlsRefused', { connection, fault, code });
    return new Failure('sourceUnreachable', { connection, code });
  };

  function fromServer(error: BigqueryError, { statement, elapsed = 0 }: During): Failure {
    const { status, reason, words, isOfDryRun } = error;
    const asked = { setting: statement?.setting, table: statement?.table };
    const code = reason === undefined ? `HTTP status ${status}` : `BigQuery error ${reason}`;
    if ((reason === 'stopped' || reason === 'timeout') && elapsed >= statementTimeout) {
      return new Failure('queryTimedOut', { ...asked, limit: ms(statementTimeout) }, { words });
    }
    if (reason === 'bytesBilledLimitExceeded' && maximumBytesBilled !== undefined) {
      return new Failure('queryTooLarge', { ...asked, limit: maximumBytesBilled }, { words });
    }
    if (status === 401 || reason === 'invalidUser') {
      const check = ['credentials', 'the service account', 'the clock of this machine'];
      return new Failure('sourceLoginRefused', { connection, check, code }, { words });
    }
    if (reason === 'billingNotEnabled') {
      const unusable = { connection, setting: 'project', expected: 'a project with billing enabled' };
      return new Failure('sourceSettingUnusable', unusable, { words });
    }
    if (error.isTemporary) {
      const { retryAfter } = error;
      return new Failure('sourceBrokeOff', { connection, code }, { words, retryAfter });
    }
    if (reason === undefined) {
      return new Failure('sourceAnswerUnreadable', { connection, status, expected: 'JSON of BigQuery' });
    }
    // a dry run has accepted the query, so what fails in the job is a value
    const isOfValue = reason === 'invalidQuery' && !isOfDryRun;
    const condition = isOfValue ? 'computation' : conditionOf(reason, words);
    const at = isOfDryRun && statement ? placeOf(words, statement) : undefined;
    return new Failure('queryRefused', { ...asked, condition, at, code }, { words });
  }

  function fromStorage({ status, words }: StorageError): Failure {
    const code = `gRPC status ${status} of the Storage Read API`;
    if (status === PERMISSION_DENIED || status === UNAUTHENTICATED) {
      const check = [
        'that the service account has the role BigQuery Read Session User (roles/bigquery.readSessionUser)',
        'that the BigQuery Storage API is enabled',
      ];
      return new Failure('sourceLoginRefused', { connection, check, code }, { words });
    }
    return new Failure('sourceBrokeOff', { connection, code }, { words });
  }
}

function conditionOf(reason: string, words: string): Condition {
  const found = reason === 'invalidQuery' ? BY_WORDS.find(([pattern]) => pattern.test(words)) : undefined;
  return found?.[1] ?? CONDITIONS[reason] ?? 'other';
}

/** Line and column, each from 1, at the end of a text: `Unrecognized name: emial at [2:3]`. */
const PLACE = / at \[(\d+):(\d+)\]$/;
/** https://github.com/google/zetasql/blob/master/zetasql/public/parse_location.cc: a tab is as wide as on paper. */
const TAB = 8;

/**
 * Returns the place that an error of GoogleSQL tells.
 * @param words the server's text about a query that did not run, so it contains no value of a row
 */
function placeOf(words: string, statement: Statement): QueryPlace | undefined {
  const [, line, column] = PLACE.exec(words)?.map(Number) ?? [];
  if (line === undefined || column === undefined) return undefined;
  const lines = statement.text.match(/[^\r\n]*(?:\r\n|\r|\n|$)/g)!;
  const own = lines[line - 1];
  if (own === undefined) return undefined;
  return placeIn(statement, lines.slice(0, line - 1).join('').length + unitsBefore(own, column));
}

/** The UTF-16 units of a line before a column. */
function unitsBefore(line: string, column: number): number {
  let units = 0;
  let at = 1;
  for (const character of line) {
    if (at >= column) break;
    at = character === '\t' ? Math.ceil(at / TAB) * TAB + 1 : at + 1;
    units += character.length;
  }
  return units;
}
