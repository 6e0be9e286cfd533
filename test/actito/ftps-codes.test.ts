import fc from 'fast-check';
import { FTPError } from 'basic-ftp';
import { expect, test } from 'vitest';
import { ftpsFailure } from '../../actito/delivery/ftps-failures.ts';
import type { Failure } from '../../contract/failure.ts';
import { type DeliveryStep, STEPS } from '../../contract/messages/delivery.ts';

const PEER = { host: 'ftp.example.com', port: 21 };
const steps = Object.keys(STEPS) as DeliveryStep[];

const failureOf = (step: DeliveryStep, error: Error) => ftpsFailure(step, PEER, error) as Failure;
const ofReply = (step: DeliveryStep, code: number, message = `${code} no`) =>
  failureOf(step, new FTPError({ code, message }));

test.each<[number, boolean]>([
  ...[421, 425, 426, 431, 434, 450, 451, 452, 499, 552].map((code) => [code, true] as [number, boolean]),
  ...[332, 430, 500, 501, 502, 503, 504, 521, 522, 532, 533, 534, 535, 536, 537, 550, 551, 553, 599].map(
    (code) => [code, false] as [number, boolean],
  ),
])('the reply %i is temporary in every step: %s', (code, passes) => {
  for (const step of steps) expect(ofReply(step, code).retryable).toBe(passes);
});

test('530 is a wrong login during the login, and later a session that has ended', () => {
  expect(ofReply('login', 530).retryable).toBe(false);
  for (const step of ['folder', 'list', 'upload', 'size', 'rename', 'remove'] as const) {
    expect(ofReply(step, 530).retryable).toBe(true);
  }
});

test.each([521, 522, 533, 534, 535, 536, 537])(
  'the reply %i to an upload concerns its protection, and the error says so',
  (code) => {
    expect(ofReply('upload', code).message).toContain('must allow encrypted transfers (PROT P)');
  },
);

test.each([
  [452, 'the disk is full'],
  [552, "the account's quota is exceeded"],
])('the reply %i means that %s', (code, words) => {
  expect(ofReply('upload', code).message).toContain(words);
});

test('the text of a reply changes neither the behavior nor the error', () => {
  const words = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      'Two-factor authentication.csv',
      'too many connections; maximum reached',
      '/in/data connection closed.csv: timeout',
      'No files found',
      'file is being used by another process',
      'None of the available transfer strategies work',
      'disk quota exceeded',
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom(...steps), fc.integer({ min: 400, max: 599 }), words, (step, code, text) => {
      expect(ofReply(step, code, `${code} ${text}`).told).toEqual(ofReply(step, code).told);
    }),
  );
});

test.each<[string, DeliveryStep, object]>([
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'secure', { retryable: false }],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'secure', { retryable: false }],
  ['EPROTO', 'secure', { retryable: false }],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'connect', { retryable: false }],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'upload', { retryable: false }],
  ['ECONNRESET', 'secure', { retryable: true }],
  ['ENOTFOUND', 'connect', { retryable: true }],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'login', { retryable: true }],
])('%s at the step %s is judged by its code', (code, step, expected) => {
  const error = Object.assign(new Error('self-signed timeout data connection'), { code });
  expect(failureOf(step, error)).toMatchObject(expected);
});
