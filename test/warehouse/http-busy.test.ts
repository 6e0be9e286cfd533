import { expect, test } from 'vitest';
import { shortText } from '../../warehouse/http/answer.ts';
import { retryAfterOf, whileBusy } from '../../warehouse/http/busy.ts';

const body = async function* () {
  yield Buffer.from('busy');
};
/** Answers with these statuses, one after the other, and with the last one from then on. */
function answering(statuses: number[], headers: Record<string, string> = {}) {
  const attempts: number[] = [];
  const ask = async (attempt: number) => {
    attempts.push(attempt);
    const status = statuses[Math.min(attempt, statuses.length) - 1]!;
    return { status, headers, body: body() };
  };
  return { ask, attempts };
}

test.each([429, 502, 503, 504])('a request that is answered with %i is sent again', async (status) => {
  const { ask, attempts } = answering([status, status, 200]);
  expect(await whileBusy(ask, { limit: 60_000 })).toMatchObject({ status: 200 });
  expect(attempts).toEqual([1, 2, 3]);
});

test.each([200, 202, 401, 404, 408, 422, 500, 501])('an answer with %i is final', async (status) => {
  const { ask, attempts } = answering([status]);
  expect(await whileBusy(ask, { limit: 60_000 })).toMatchObject({ status });
  expect(attempts).toEqual([1]);
});

test('the last answer of a server that stays busy is returned, unread', async () => {
  const { ask, attempts } = answering([503]);
  const answer = await whileBusy(ask, { limit: 500 });
  expect(answer.status).toBe(503);
  expect(attempts.length).toBeGreaterThan(1);
  expect(await shortText(answer)).toBe('busy');
});

test('a pause beyond the limit is not waited for', async () => {
  const { ask, attempts } = answering([429], { 'retry-after': '3600' });
  expect(await whileBusy(ask, { limit: 30_000 })).toMatchObject({ status: 429 });
  expect(attempts).toEqual([1]);
});

test('a cancellation ends the pause', async () => {
  const controller = new AbortController();
  const { ask } = answering([429], { 'retry-after': '20' });
  const waiting = whileBusy(ask, { limit: 60_000, signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'ABORT_ERR' });
});

test('Retry-After is a number of seconds or a date', () => {
  const asked = (text?: string) => retryAfterOf({ headers: { 'retry-after': text } });
  expect(asked('3')).toBe(3_000);
  expect(asked(new Date(Date.now() + 3_600_000).toUTCString())).toBeGreaterThan(3_500_000);
  expect(asked(new Date(0).toUTCString())).toBe(0);
  expect(asked('soon')).toBeUndefined();
  expect(asked()).toBeUndefined();
});
