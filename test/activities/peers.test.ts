import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isActitoAnswer, NotFound, TokenRejected } from '../../actito/api/failures.ts';
import { createActivities } from '../../activities/create.ts';
import { blame, Peers } from '../../activities/peers.ts';
import { Failure } from '../../contract/failure.ts';

/** Backoffs that only an answer can end within a test: the first one is an hour. */
const HOURS = { first: 3_600_000, longest: 24 * 3_600_000 };
const failure = { peer: 'actito' };

/** Fails an activity so often that its next attempt waits here. */
function waiting(peers: Peers, activity: string): number | undefined {
  peers.failed(activity, failure);
  return peers.failed(activity, failure);
}

/** The next attempt of an activity: whether it may start its work, checked after `event`. */
async function attempt(peers: Peers, activity: string, event: () => void = () => undefined) {
  const cancel = new AbortController();
  let begun = false;
  let until: Date | undefined;
  const report = (moment: Date) => void (until = moment);
  const waited = peers.waitOut(activity, { signal: cancel.signal, report }).then(
    () => (begun = true),
    () => undefined,
  );
  await setImmediate();
  event();
  await setImmediate();
  const seen = { begun, until };
  cancel.abort();
  await waited;
  return seen;
}

test('an activity waits until its peer has answered another activity; other peers do not matter', async () => {
  const peers = new Peers(HOURS);
  waiting(peers, 'a');
  expect((await attempt(peers, 'a', () => peers.answered('state'))).begun).toBe(false);
  const woken = await attempt(peers, 'a', () => peers.answered('actito'));
  expect(woken.begun).toBe(true);
  expect(woken.until!.getTime()).toBeGreaterThan(Date.now() + HOURS.first);
});

test('an answer between the failure and the next attempt counts, and an answer before the failure does not', async () => {
  const peers = new Peers(HOURS);
  peers.answered('actito');
  waiting(peers, 'a');
  expect((await attempt(peers, 'a')).begun).toBe(false);
  peers.answered('actito');
  expect(await attempt(peers, 'a')).toEqual({ begun: true, until: undefined });
});

test('if an attempt that an answer brought forward fails, the next one waits for the whole backoff', async () => {
  const peers = new Peers(HOURS);
  waiting(peers, 'a');
  const answer = () => peers.answered('actito');
  expect((await attempt(peers, 'a', answer)).begun).toBe(true);
  expect(peers.failed('a', failure)).toBe(HOURS.first); // in Temporal: the worker waits for the rest
  const full = await attempt(peers, 'a', answer);
  expect(full.begun).toBe(false);
  expect(full.until!.getTime()).toBeLessThanOrEqual(Date.now() + 2 * HOURS.first);
});

test('at most five activities wait in the worker; all others wait for the whole backoff in Temporal', async () => {
  const peers = new Peers(HOURS);
  const pauses = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((activity) => waiting(peers, activity));
  const [here, there] = [HOURS.first, 2 * HOURS.first];
  expect(pauses).toEqual([here, here, here, here, here, there, there]);
  expect((await attempt(peers, 'f')).begun).toBe(true);
  expect((await attempt(peers, 'e')).begun).toBe(false);
});

test('an activity that is canceled while it waits here leaves its place to another', async () => {
  const peers = new Peers(HOURS);
  const state = { client: { pool: { on: () => undefined } } };
  const activities = createActivities({ state, peers } as never);
  const env = new MockActivityEnvironment();
  const { workflowExecution, activityId } = env.context.info;
  waiting(peers, `${workflowExecution!.runId} ${activityId}`);
  for (const activity of ['a', 'b', 'c', 'd']) waiting(peers, activity);
  const reported = once(env, 'heartbeat');
  const waits = env.run(activities.inspectLists as never, 'actito' as never);
  await reported;
  env.cancel();
  await expect(waits).rejects.toBeInstanceOf(CancelledFailure);
  expect(waiting(peers, 'e')).toBe(HOURS.first);
  expect(waiting(peers, 'f')).toBe(2 * HOURS.first);
});

test('near the deadline of an activity no attempt waits here: Temporal gets the whole pause, and ends it with the failure', async () => {
  const peers = new Peers(HOURS);
  const now = Date.now();
  const [first, second] = [HOURS.first, 2 * HOURS.first];
  peers.failed('a', failure, now + 10 * first);
  expect(peers.failed('a', failure, now + second + 5_000)).toBe(second); // the clocks can differ by some seconds
  expect((await attempt(peers, 'a')).begun).toBe(true);
  peers.failed('b', failure, now + 10 * first);
  expect(peers.failed('b', failure, now + second + 60_000)).toBe(first);
  expect((await attempt(peers, 'b')).begun).toBe(false);
});

test('Temporal waits for a backoff that the failure itself sets, and no answer ends it', async () => {
  const peers = new Peers(HOURS);
  waiting(peers, 'a');
  expect(peers.failed('a', { retryAfter: 45_000, peer: 'actito' })).toBe(45_000);
  expect((await attempt(peers, 'a')).begun).toBe(true);
  expect(peers.failed('a', {})).toBeUndefined();
});

test('a call counts as an answer or a failure of its peer; a limit that is final after some attempts is waited out', async () => {
  const peers = new Peers(HOURS);
  const away = new Failure('stateUnreachable', {});
  await expect(peers.ask('actito', 'ActitoUnavailable', () => Promise.reject(away))).rejects.toBe(away);
  expect(away.peer).toBeUndefined();
  await expect(peers.ask('db', 'StateUnavailable', () => Promise.reject(away))).rejects.toBe(away);
  expect(away.peer).toBe('db');
  waiting(peers, 'a');
  const call = () => void peers.ask('actito', 'ActitoUnavailable', async () => 1);
  expect((await attempt(peers, 'a', call)).begun).toBe(true);
  const limit = new Failure('stateUnreachable', {}, { tries: 3 });
  blame(limit, 'db');
  expect(limit.peer).toBeUndefined();
});

test('an answer of Actito that rejects a request shows that it responds; an answer of a gateway, or a failure of ours, does not', async () => {
  const call = 'POST imports';
  const rejections: [Failure, boolean][] = [
    [new NotFound({ status: 404, call }), true],
    [new TokenRejected({ status: 401, call }), true],
    [new Failure('requestRefused', { status: 400, call }), true],
    [new Failure('apiKeyLacksRight', { status: 403, call, page: true }), false],
    [new Failure('actitoMoved', { status: 301, call }), false],
    [new Failure('proxyRefuses', { proxy: 'proxy:3128', status: 407 }), false],
    [new Failure('stateUnreachable', {}), false],
  ];
  for (const [rejection, begun] of rejections) {
    const peers = new Peers(HOURS);
    waiting(peers, 'a');
    const ask = () =>
      void peers
        .ask('actito', 'ActitoUnavailable', () => Promise.reject(rejection), isActitoAnswer)
        .catch(() => undefined);
    expect([rejection.told.reason, (await attempt(peers, 'a', ask)).begun]).toEqual([
      rejection.told.reason,
      begun,
    ]);
  }
});

test('while others get answers, the backoff doubles up to its maximum, and a shortened one is repeated once', async () => {
  const backoff = { first: HOURS.first, longest: 30 * HOURS.first };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), async (answers) => {
      const peers = new Peers(backoff);
      let failures = 0;
      let wasCut = false;
      for (const isAnswered of answers) {
        peers.failed('a', failure);
        if (!wasCut) failures++;
        const { begun, until } = await attempt(peers, 'a', () => isAnswered && peers.answered('actito'));
        const pause = Math.min(backoff.longest, backoff.first * 2 ** (failures - 1));
        const isHere = pause > backoff.first;
        const ends: boolean = isHere && isAnswered && !wasCut;
        wasCut = ends;
        expect(begun).toBe(!isHere || ends);
        if (!isHere) continue;
        const left = until!.getTime() - Date.now();
        expect(left).toBeLessThanOrEqual(pause);
        expect(left).toBeGreaterThan(pause / 2);
      }
    }),
    { numRuns: 50 },
  );
});
