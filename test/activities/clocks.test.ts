import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readImports } from '../../state/imports/imports.ts';
import { directRunner } from '../support/direct-run.ts';
import { resetStand, startStand } from '../support/stand.ts';

/*
 * Workers on machines with different clocks: stored times are compared with the clock of the state database,
 * or with the clock that they came from.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The real time, whatever `Date` returns. */
const trueTime = () => performance.timeOrigin + performance.now();
const stand = await startStand({ clock: trueTime });
afterAll(() => stand.dispose());
const runner = await directRunner(stand);
afterAll(() => runner.close());

beforeEach(async () => {
  await resetStand(stand);
  await stand.writeDestination();
  await stand.writeActivation();
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(`insert into people (email, spent) values ('anna@shop.be', 1)`);
});
afterEach(() => void vi.useRealTimers());

/** A run by a worker whose clock is ahead by this number of minutes. */
async function run(ahead: number, activation = 'vip') {
  vi.useFakeTimers({ toFake: ['Date'], now: trueTime() + ahead * MINUTE });
  const { failure, ...done } = await runner.run({ activation });
  vi.useRealTimers();
  if (failure) throw failure;
  return done;
}

test('the database clock decides when a list is delivered again, whether the clock of the worker is ahead or behind', async () => {
  await run(-10);
  await stand.age(22.9); // due from 23 hours on
  expect((await run(10)).plan!.push).toBeNull();
  await stand.age(0.2);
  expect((await run(-10)).plan!.push).not.toBeNull();
  await stand.age(22.9);
  expect((await run(10)).plan!.push).toBeNull();
});

test('two workers with different clocks count the imports of the day in the same way', async () => {
  await stand.writeDestination({ limits: { importsPerTablePerDay: 1 } });
  await stand.writeActivation({ list: { name: 'Other' } }, 'other');
  await run(-10);
  await stand.age(23.9);
  expect((await run(10, 'other')).imported).toMatchObject({ deferredChunks: 1 });
  await stand.age(0.2);
  expect((await run(-10, 'other')).imported).toMatchObject({ deferredChunks: 0 });
});

test('the database clock decides how old an import is, so the next poll happens after the right delay', async () => {
  const { run: no } = await run(-10);
  await stand.age(1);
  vi.useFakeTimers({ toFake: ['Date'], now: trueTime() + 10 * MINUTE });
  const [row] = await readImports(stand.state, no!);
  expect(Math.round(row!.age! / MINUTE)).toBe(60);
});

test('a list that has expired by the clock of Actito is not mistaken for a list that targets no profile', async () => {
  await run(-10);
  stand.actito.advanceClock(48 * HOUR + 5 * MINUTE);
  expect((await run(-10)).list).toMatchObject({ profiles: 0 });
});
