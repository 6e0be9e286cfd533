import { describe, expect, test } from 'vitest';
import { Failure } from '../../contract/failure.ts';
import { networkFailure, statusFailure } from '../../warehouse/http/failures.ts';

const coded = (code: string) => Object.assign(new Error('hunter2'), { code });
const HOST = { host: 'shop.example' };

describe('an error of a connection', () => {
  test.each([
    ['ECONNREFUSED', 'SourceUnavailable', 'cannot be reached'],
    ['UND_ERR_BODY_TIMEOUT', 'SourceUnavailable', 'cannot be reached'],
    ['Z_BUF_ERROR', 'SourceUnavailable', 'ended the connection or the query (Z_BUF_ERROR)'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'ConfigurationInvalid', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ])('%s is %s', (code, type, says) => {
    const failure = networkFailure(coded(code), HOST);
    expect(failure).toMatchObject({ type });
    const { message } = failure as Failure;
    expect(message).toContain(says);
    expect(message).toContain('shop.example');
    expect(message).not.toContain('hunter2');
  });

  test('about TLS says what to do where its settings are: in the URL, or for the whole worker', () => {
    const says = (peer: Parameters<typeof networkFailure>[1]) =>
      (networkFailure(coded('SELF_SIGNED_CERT_IN_CHAIN'), peer) as Failure).message;
    expect(says({ variable: 'SHOP_URL' })).toContain('sslrootcert');
    expect(says(HOST)).toContain('NODE_EXTRA_CA_CERTS');
  });

  test.each([
    new TypeError('x'),
    new RangeError('x'),
    new ReferenceError('x'),
    new Failure('segmentIncomplete', {}),
  ])('of our own stays what it is: %s', (error) => {
    expect(networkFailure(error, HOST)).toBe(error);
  });
});

test.each([
  [401, 'ConfigurationInvalid', 'rejected the login (HTTP status 401)'],
  [403, 'ConfigurationInvalid', 'rejected the login (HTTP status 403)'],
  [429, 'SourceUnavailable', 'HTTP status 429'],
  [500, 'SourceUnavailable', 'ended the connection or the query (HTTP status 500)'],
  [302, 'SourceUnavailable', 'Expected: rows'],
])('a gateway that answers %i is told by its status', (status, type, says) => {
  const failure = statusFailure({ status, headers: { 'retry-after': '7' } }, HOST, 'rows');
  expect(failure).toMatchObject({ type });
  expect(failure.message).toContain(says);
  expect(failure.retryAfter).toBe(status === 429 || status === 500 ? 7_000 : undefined);
});
