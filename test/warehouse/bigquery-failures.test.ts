import { describe, expect, test } from 'vitest';
import { sourceSchema } from '../../activation/definition/source.ts';
import type { Failure } from '../../contract/failure.ts';
import { BigqueryError, failuresOf, StorageError } from '../../warehouse/bigquery/failures.ts';
import { Encoder } from '../../warehouse/bigquery/arrow.ts';
import { columnOf } from '../../warehouse/bigquery/kinds.ts';
import { around } from '../../warehouse/sql/statements.ts';
import { BIGQUERY } from '../../warehouse/bigquery/statements.ts';

const failures = failuresOf({
  connection: 'BigQuery, project shop',
  statementTimeout: 60_000,
  maximumBytesBilled: 1_000_000,
});
const failureOf = (error: Error, elapsed?: number) => failures(error, { elapsed }) as Failure;
const ofReason = (reason: string, status = 400) =>
  new BigqueryError({ status, reason, words: `the value 'secret' of ${reason}` });

describe('errors of BigQuery', () => {
  test.each<[string, string, string]>([
    ['accessDenied', 'SegmentQueryFailed', 'a permission is missing'],
    ['notFound', 'SegmentQueryFailed', 'a table or another object does not exist'],
    ['notImplemented', 'SegmentQueryFailed', 'does not support a feature'],
    ['invalid', 'SegmentQueryFailed', 'its syntax, a name or a type is not valid'],
    ['invalidQuery', 'SegmentQueryFailed', 'a value cannot be computed'],
    ['resourcesExceeded', 'SegmentQueryFailed', 'limit of the server'],
    ['responseTooLarge', 'SegmentQueryFailed', 'limit of the server'],
    ['billingTierLimitExceeded', 'SegmentQueryFailed', 'limit of the server'],
    ['somethingNew', 'SegmentQueryFailed', 'an error of the database (BigQuery error somethingNew)'],
    ['bytesBilledLimitExceeded', 'SegmentQueryFailed', 'maximumBytesBilled of the source is 1 MB'],
    ['stopped', 'SegmentQueryFailed', 'the statement was canceled'],
    ['billingNotEnabled', 'ConfigurationInvalid', 'billing'],
    ['timeout', 'SegmentQueryFailed', 'limit of the server'],
    ['invalidUser', 'ConfigurationInvalid', 'the service account'],
    ...[
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
    ].map((reason): [string, string, string] => [reason, 'SourceUnavailable', `BigQuery error ${reason}`]),
  ])('with the reason %s are %s', (reason, type, words) => {
    const failure = failureOf(ofReason(reason), 5);
    expect(failure).toMatchObject({ type, cause: undefined });
    expect(failure.message).toContain(words);
    expect(failure.message).not.toContain('secret');
  });

  test('are final if BigQuery does not have a feature, although the status is 501', () => {
    const failure = failureOf(ofReason('notImplemented', 501));
    expect(failure).toMatchObject({ type: 'SegmentQueryFailed', retryable: false });
  });

  test('are a timeout if the job was stopped after the statement timeout', () => {
    expect(failureOf(ofReason('stopped', 499), 60_000).message).toContain('1m');
    expect(failureOf(ofReason('timeout'), 60_000).message).toContain('1m');
    expect(failureOf(ofReason('stopped', 499), 59_999).message).not.toContain('statementTimeout');
  });

  test.each([
    [401, 'ConfigurationInvalid'],
    [429, 'SourceUnavailable'],
    [502, 'SourceUnavailable'],
    [404, 'SourceUnavailable'],
  ])('without a reason are judged by the HTTP status %i: %s', (status, type) => {
    expect(failureOf(new BigqueryError({ status, words: '<html>secret' }))).toMatchObject({ type });
  });

  test.each([
    [7, 'ConfigurationInvalid', 'roles/bigquery.readSessionUser'],
    [16, 'ConfigurationInvalid', 'gRPC status 16'],
    [14, 'SourceUnavailable', 'gRPC status 14'],
  ])('of the Storage Read API with the status %i are %s', (status, type, words) => {
    const failure = failureOf(new StorageError(status, 'secret'));
    expect(failure).toMatchObject({ type });
    expect(failure.message).toContain(words);
    expect(failure.message).not.toContain('secret');
  });

  test('of TLS are settings, and other errors of the network pass', () => {
    const error = (code: string) => failureOf(Object.assign(new Error('secret'), { code }));
    expect(error('SELF_SIGNED_CERT_IN_CHAIN')).toMatchObject({ type: 'ConfigurationInvalid' });
    expect(error('ECONNRESET')).toMatchObject({ type: 'SourceUnavailable' });
  });
});

describe('the place of an error in a query', () => {
  const placed = (words: string, query: string, isOfDryRun = true) => {
    const error = new BigqueryError({ status: 400, reason: 'invalidQuery', words });
    error.isOfDryRun = isOfDryRun;
    return (failures(error, { statement: around(BIGQUERY, 'select * from ', { query }, '') }) as Failure)
      .message;
  };

  test.each([
    [
      'Unrecognized name: `emial` at [2:3]',
      'select\n  emial',
      'a column does not exist, at line 2, column 3',
    ],
    [
      'Unrecognized name: a; Did you mean b? at [1:23]',
      'select a',
      'a column does not exist, at line 1, column 8',
    ],
    ['Function not found: f at [1:23]', 'select f()', 'a function or operator does not exist'],
    ['Syntax error: Unexpected "," at [3:9]', 'select\r\n\n\t,', 'a syntax error, at line 3, column 2'],
    ['Syntax error: Unexpected "," at [2:17]', 'select 1\n🎈🎈\t\t,', 'a syntax error, at line 2, column 5'],
    ['Syntax error: Unexpected "," at [2:6]', 'select 1\rfrom ,', 'a syntax error, at line 1, column 15'],
    ['Syntax error: Unexpected ")" at [2:1]', 'select 1 from', 'a syntax error, at the end of the query'],
    ['Syntax error: Unexpected ")" at [99:1]', 'select 1 from', 'a syntax error (BigQuery'],
    ['Types of at [1:1] differ', 'select 1', 'its syntax, a name or a type is not valid (BigQuery'],
  ])('%s', (words, query, message) => {
    expect(placed(words, query)).toContain(message);
  });

  test('is not read in a text that can contain values of rows', () => {
    const message = placed('Bad int64 value: at [1:20]', 'select 1', false);
    expect(message).toContain('failed: a value cannot be computed or converted (BigQuery');
  });
});

describe('GoogleSQL', () => {
  test.each([
    "select 'it\\'s; --' as a;",
    'select """a ";" # b""" as a; # the end;',
    "select r'\\;', ''';'';''' ; -- ;",
    'select 1 as `odd;--` /* ; */ ;',
  ])('the final semicolon of %j is removed, and no other character', (query) => {
    const { query: kept } = around(BIGQUERY, '(', { query }, ')');
    const final = query.replace(/;(?=\s*(?:#.*|-- ;)?$)/, ' ');
    expect(kept).toBe(final);
    expect(kept).not.toBe(query);
  });

  test('names are quoted with their backticks and backslashes', () => {
    expect(BIGQUERY.quote('a`b\\c')).toBe('`a\\`b\\\\c`');
  });

  test('types have the names of GoogleSQL, with precision and as arrays', () => {
    const typeOf = (type: string, more = {}) => columnOf({ name: 'c', type, ...more }).databaseType;
    expect(typeOf('INTEGER', { mode: 'REPEATED' })).toBe('ARRAY<INT64>');
    expect(typeOf('NUMERIC', { precision: '10', scale: '2' })).toBe('NUMERIC(10, 2)');
    expect(typeOf('RECORD')).toBe('STRUCT');
  });

  test.each([
    ['NUMERIC', { precision: '10', scale: '2' }, '1.5', '1.50'],
    ['NUMERIC', { precision: '10', scale: '2' }, '-7', '-7.00'],
    ['BIGNUMERIC', {}, '0.000000000000000000000000000000000001', '0.000000000000000000000000000000000001'],
    ['TIMESTAMP', {}, '2026-01-31 10:20:30.120000', '2026-01-31 10:20:30.12+00'],
    ['DATETIME', {}, '2026-01-31 10:20:00.000000', '2026-01-31 10:20:00'],
    ['FLOAT', {}, '1.0', '1'],
    ['BOOLEAN', {}, 'false', 'f'],
    ['DATE', {}, '0001-01-01', '0001-01-01'],
    ['STRING', {}, 'true', 'true'],
  ])('a %s %j that arrives as %s is %s', (type, more, sent, text) => {
    for (const isPlain of [true, false]) {
      const encoder = new Encoder([{ name: 'c', type, ...more }]);
      encoder.add(0, Buffer.from(`"${sent}"`), 1, sent.length + 1, isPlain);
      expect(encoder.writer.take().toString()).toBe(text);
    }
  });
});

describe('the source of a BigQuery', () => {
  const source = (maximumBytesBilled: unknown) =>
    sourceSchema.safeParse({ driver: 'bigquery', connection: { project: 'my-shop' }, maximumBytesBilled });

  test.each([
    [10_000_000, 10_000_000],
    ['10 GB', 10_000_000_000],
    ['1.5GB', 1_500_000_000],
    ['1 TiB', 2 ** 40],
    ['500 mb', 500_000_000],
  ])('maximumBytesBilled: %j is %i bytes', (written, bytes) => {
    expect(source(written).data).toMatchObject({ maximumBytesBilled: bytes });
  });

  test.each([0, -1, '10 apples', 'GB', '', '1e9'])('maximumBytesBilled: %j is refused', (written) => {
    expect(source(written).success).toBe(false);
  });

  test.each(['My-Shop', 'shop/../other', 'a b', ''])('the project %j is refused', (project) => {
    expect(sourceSchema.safeParse({ driver: 'bigquery', connection: { project } }).success).toBe(false);
  });
});
