import { beforeEach, expect, test } from 'vitest';
import { standWithRunner, type ActivityFailure } from '../support/direct-run.ts';
import { LIST, resetStand } from '../support/stand.ts';

/* Actito answers 429 to too many calls at once, and to imports beyond its own quota of the day. */

const { stand, runner } = await standWithRunner({ importsPerTablePerDay: 1 });
beforeEach(async () => {
  await resetStand(stand);
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }, { emailAddress: 'bob@shop.be' }]);
  await stand.warehouse.query(`insert into people (email, first_name) values ('anna@shop.be', 'Anna')`);
});

/** Retries as Temporal would; the requested backoffs pass only in the state. */
function tries(each: (failure: ActivityFailure) => void = () => undefined) {
  const pauses: number[] = [];
  const beforeNextTry = async (failure: ActivityFailure) => {
    expect(failure.type).toBe('ActitoUnavailable');
    each(failure);
    pauses.push(Number(failure.nextRetryDelay));
    await stand.state.raw(
      `update imports set intended_at = intended_at - cast(? as double precision) * interval '1 ms'`,
      [pauses.at(-1)!],
    );
  };
  return { pauses, beforeNextTry };
}

const executions = () => stand.actito.calls()['POST /mass-imports/v5/entities/{entity}/etl-executions'];
const WAITING = { outcome: 'succeeded with rejects', imported: { deferredChunks: 1 } };
const listed = () => [...stand.actito.listMembers(LIST)].sort();
const everyoneIsCalled = (name: string) => stand.warehouse.query('update people set first_name = $1', [name]);

test('if other programs used up the quota, attributes are deferred after two minutes of refusals, and the list is delivered', async () => {
  await runner.run(); // the only import of the day
  await everyoneIsCalled('Anne');
  await stand.warehouse.query(`insert into people (email, first_name) values ('bob@shop.be', 'Bob')`);
  const { pauses, beforeNextTry } = tries();
  const run = await runner.run({ beforeNextTry });
  expect(run).toMatchObject({ ...WAITING, counts: { unsent: 2 } });
  expect(pauses).toEqual([2_000, 8_000, 30_000, 30_000, 30_000, 30_000]);
  expect(listed()).toEqual(['anna@shop.be', 'bob@shop.be']);
  expect(executions()).toBe(7);

  await everyoneIsCalled('Anna B');
  const next = tries();
  expect(await runner.run(next)).toMatchObject(WAITING);
  expect([next.pauses, executions()]).toEqual([[], 8]); // one request, since the run knows that the quota is used up

  stand.actito.advanceClock(24 * 3_600_000);
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { unsent: 0 } });
  expect(stand.actito.contact('emailAddress', 'anna@shop.be')).toMatchObject({ firstName: 'Anna B' });
});

test('calls that Actito refuses a few times because of their number are sent in the same run', async () => {
  stand.actito.setFault('tooManyRequests', { times: 3, route: '/mass-imports' });
  const { pauses, beforeNextTry } = tries();
  expect(await runner.run({ beforeNextTry })).toMatchObject({
    outcome: 'succeeded',
    imported: { deferredChunks: 0 },
    counts: { updated: 1 },
  });
  expect(pauses).toEqual([2_000, 8_000, 30_000]);
});

test('many refusals at the same moment count as throttling, however many activations share them', async () => {
  stand.actito.setFault('tooManyRequests', { times: 8, route: '/mass-imports' });
  let failures = 0;
  const beforeNextTry = async () => void failures++;
  expect(await runner.run({ beforeNextTry })).toMatchObject({ counts: { updated: 1 } });
  expect(failures).toBe(8);
});

test.each([
  ['longer than our own backoff is respected', 45, [45_000, 45_000]],
  ['shorter than our own backoff changes nothing', 1, [2_000, 8_000]],
  ['of a day is respected for five minutes', 86_400, [300_000, 300_000]],
])('a Retry-After that is %s', async (_, retryAfter, expected) => {
  stand.actito.setFault('tooManyRequests', { times: 2, route: '/mass-imports', retryAfter });
  const { pauses, beforeNextTry } = tries();
  expect(await runner.run({ beforeNextTry })).toMatchObject({ counts: { updated: 1 } });
  expect(pauses).toEqual(expected);
});
