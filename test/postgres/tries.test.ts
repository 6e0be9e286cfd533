import { MockActivityEnvironment } from '@temporalio/testing';
import type { ApplicationFailure } from '@temporalio/common';
import { DatabaseError } from 'pg';
import { expect, test } from 'vitest';
import { toTemporalFailure } from '../../activities/translate.ts';
import { tlsFaultOf } from '../../contract/certificates.ts';
import { isFailure, type Failure } from '../../contract/failure.ts';
import { stateFailure } from '../../state/failures.ts';
import { failuresOf } from '../../warehouse/postgres/failures.ts';

const failures = failuresOf({ variable: 'SHOP_URL', statementTimeout: 60_000 }, () => undefined);

/** An error as PostgreSQL sends it; its texts must not be shown. */
function serverError(code: string): Error {
  return Object.assign(new DatabaseError('hunter2', 7, 'error'), { code, severity: 'ERROR' });
}

function warehouse(error: Error): Failure {
  const failure = failures(error);
  if (isFailure(failure)) return failure;
  throw new Error('The error is none of the warehouse.');
}

let activities = 0;

/** Whether the last of these consecutive failures ends an activity. */
async function isFinalAfter(failures: Error[]): Promise<boolean> {
  const keep = async ({ told }: Failure) => told;
  const activityId = String(++activities);
  let ended: Error | undefined;
  for (const [index, failure] of failures.entries()) {
    const environment = new MockActivityEnvironment({ activityId, attempt: index + 1 });
    ended = await environment.run(() => toTemporalFailure(failure, keep));
  }
  expect(JSON.stringify(ended)).not.toContain('hunter2');
  return (ended as ApplicationFailure).nonRetryable === true;
}

/** Whether a failure that repeats this number of times ends the activity. */
function isFinal(error: Error, tries: number): Promise<boolean> {
  return isFinalAfter(Array.from({ length: tries }, () => error));
}

test('a limit that is reached after a long outage gets all its attempts', async () => {
  const outage = Array.from({ length: 30 }, () => serverError('57P03'));
  const limit = serverError('57014');
  expect(await isFinalAfter([...outage, limit])).toBe(false);
  expect(await isFinalAfter([...outage, limit, limit, limit])).toBe(true);
  expect(await isFinalAfter([limit, limit, ...outage, limit])).toBe(false);
});

test.each(['08006', '40P01', '53100', '53200', '57P01', '57P02', '57P03', '58030', '55006'])(
  '%s is temporary: it is retried for as long as the step may take',
  async (code) => {
    for (const failure of [warehouse(serverError(code)), serverError(code)]) {
      expect(await isFinal(failure, 50)).toBe(false);
    }
  },
);

test.each(['28000', '28P01', '3D000', '57P04'])('%s needs a person: it is final at once', async (code) => {
  const failure = warehouse(serverError(code));
  expect(failure).toMatchObject({ type: 'ConfigurationInvalid' });
  expect(stateFailure(serverError(code))?.told.reason).toBe('stateRefusesAccess');
  for (const each of [failure, serverError(code)]) expect(await isFinal(each, 1)).toBe(true);
});

test.each([
  ['57014', 'statement_timeout', 3],
  ['53400', 'temp_file_limit', 3],
  ['25P03', 'idle_in_transaction_session_timeout', 5],
  ['25P04', 'transaction_timeout', 3],
  ['57P05', 'idle_session_timeout', 5],
  ['53300', 'max_connections', 20],
  ['08P01', 'pooler', 10],
  ['57000', 'pooler', 10],
])(
  '%s is a limit, %s: it is tried %i times, and the error names what to raise',
  async (code, limit, tries) => {
    for (const failure of [warehouse(serverError(code)), stateFailure(serverError(code))!]) {
      expect(failure.told.facts).toMatchObject({ limit, tries });
      expect(failure.told.next).toHaveLength(1);
      expect(await isFinal(failure, tries - 1)).toBe(false);
      expect(await isFinal(failure, tries)).toBe(true);
    }
  },
);

test('an internal error during the login is that of a pooler; during a statement it is none', async () => {
  const ofLogin = () => Object.assign(serverError('XX000'), { isOfLogin: true });
  for (const failure of [warehouse(ofLogin()), stateFailure(ofLogin())!]) {
    expect(failure.told.facts).toMatchObject({ limit: 'pooler', tries: 20 });
    expect(failure.told.message).toContain('Check user and password in the URL');
    expect(await isFinal(failure, 19)).toBe(false);
    expect(await isFinal(failure, 20)).toBe(true);
  }
  expect(stateFailure(serverError('XX000'))).toMatchObject({ type: 'StateRefused' });
});

test('a warehouse waits for a lock for a while, and the state for as long as the step may take', async () => {
  const failure = warehouse(serverError('55P03'));
  expect(failure.told.facts).toMatchObject({ limit: 'lock_timeout', tries: 10 });
  expect(await isFinal(failure, 9)).toBe(false);
  expect(await isFinal(failure, 10)).toBe(true);
  expect(await isFinal(serverError('55P03'), 50)).toBe(false);
});

test('a read-only state database may become the primary again, and a warehouse is only read anyway', async () => {
  expect(await isFinal(serverError('25006'), 9)).toBe(false);
  expect(await isFinal(serverError('25006'), 10)).toBe(true);
  expect(warehouse(serverError('25006'))).toMatchObject({ type: 'SegmentQueryFailed' });
});

test('other errors of the state are a defect or a change by another program; other errors of a warehouse are in its query', async () => {
  expect(await isFinal(serverError('42703'), 1)).toBe(true);
  expect(stateFailure(serverError('42703'))).toMatchObject({ type: 'StateRefused' });
  expect(warehouse(serverError('42703'))).toMatchObject({ type: 'SegmentQueryFailed' });
});

test.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'untrusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'name'],
  ['CERT_HAS_EXPIRED', 'expired'],
  ['CERT_REVOKED', 'revoked'],
  ['ERR_POSTGRES_NO_TLS', 'none'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'client'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'protocol'],
])('the TLS error %s is final, and says what to change: %s', async (code, fault) => {
  const error = Object.assign(new Error('hunter2'), { code });
  for (const failure of [warehouse(error), stateFailure(error)!]) {
    expect(failure).toMatchObject({ type: 'ConfigurationInvalid', told: { facts: { fault } } });
    expect(failure.told.next[0]!.advice).toMatch(/sslrootcert|sslmode|sslcert|Renew/);
    expect(await isFinal(failure, 1)).toBe(true);
  }
});

test.each([
  'ECONNRESET',
  'ECONNREFUSED',
  'ENOTFOUND',
  'ERR_POSTGRES_ENDED',
  'ERR_POSTGRES_NO_ANSWER',
  'ERR_POSTGRES_NOT_NOW',
  'ERR_SSL_BAD_RECORD_MAC',
])('%s is a connection error that is retried', async (code) => {
  expect(tlsFaultOf(code)).toBeUndefined();
  const error = Object.assign(new Error('hunter2'), { code });
  for (const each of [warehouse(error), error]) expect(await isFinal(each, 50)).toBe(false);
});
