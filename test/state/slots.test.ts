import { afterAll, beforeAll, expect, test } from 'vitest';
import { withSlot } from '../../state/slots.ts';
import { openState, rows, type State } from '../../state/state.ts';
import { until } from '../setup/until.ts';
import { freshState, type StateWorld } from './support.ts';

let world: StateWorld;
let other: State;
beforeAll(async () => {
  world = await freshState();
  other = openState({ url: world.url, poolSize: 10 });
});
afterAll(async () => {
  await other?.destroy();
  await world?.dispose();
});

let licences = 0;
const newLicence = () => `licence ${++licences}`;
const never = () => new AbortController().signal;

/** A call that lasts until it is let go. */
function heldCall() {
  let letGo!: () => void;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let begun!: () => void;
  const started = new Promise<void>((resolve) => (begun = resolve));
  const call = async () => {
    begun();
    await held;
  };
  return { call, letGo, started };
}

async function slotsHeld(): Promise<number> {
  const found = await rows(world.state, `select from pg_locks where locktype = 'advisory' and granted`);
  return found.length;
}

test('never more calls at a time than there are slots, over two workers', async () => {
  const options = { licence: newLicence(), slots: 3, signal: never() };
  let underWay = 0;
  let most = 0;
  let done = 0;
  const call = async () => {
    most = Math.max(most, ++underWay);
    await rows(world.state, 'select pg_sleep(0.01)');
    underWay--;
    done++;
  };
  const calls = Array.from({ length: 18 }, (_, i) =>
    withSlot(i % 2 ? world.state : other, { ...options, signal: never() }, call),
  );
  await Promise.all(calls);
  expect({ most, done }).toEqual({ most: 3, done: 18 });
});

test('a call waits while all slots are held by another worker, and begins when one is given back', async () => {
  const options = { licence: newLicence(), slots: 1, signal: never() };
  const [first, second] = [heldCall(), heldCall()];
  let secondBegan = false;
  const one = withSlot(world.state, options, first.call);
  await first.started;
  const two = withSlot(other, options, async () => {
    secondBegan = true;
    return second.call();
  });
  // The waiting worker has asked for the slot at least once when its connection has run that query.
  await until('the other worker asks for the slot', async () => {
    const asked = await rows(
      world.state,
      `select from pg_stat_activity where query like '%pg_try_advisory_xact_lock%' and state = 'idle in transaction'
       and pid not in (select pid from pg_locks where locktype = 'advisory')
       and datname = current_database() and pid <> pg_backend_pid()`,
    );
    return asked.length > 0;
  });
  expect(secondBegan).toBe(false);
  first.letGo();
  await one;
  await second.started;
  second.letGo();
  await two;
});

test('licences do not wait for each other', async () => {
  const [first, second] = [heldCall(), heldCall()];
  const one = withSlot(world.state, { licence: newLicence(), slots: 1, signal: never() }, first.call);
  const two = withSlot(world.state, { licence: newLicence(), slots: 1, signal: never() }, second.call);
  await Promise.all([first.started, second.started]);
  first.letGo();
  second.letGo();
  await Promise.all([one, two]);
});

test('a slot is given back after a call that failed, and the failure is passed on', async () => {
  const options = { licence: newLicence(), slots: 1, signal: never() };
  for (let i = 0; i < 5; i++) {
    await expect(withSlot(world.state, options, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  }
  expect(await slotsHeld()).toBe(0);
  expect(await withSlot(other, options, async () => 'done')).toBe('done');
});

test('the slot of a worker whose connection died is free again', async () => {
  const options = { licence: newLicence(), slots: 1, signal: never() };
  const dying = heldCall();
  const dead = withSlot(other, options, dying.call);
  dead.catch(() => undefined); // looked at below
  await dying.started;
  await rows(world.state, `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'`);
  expect(await withSlot(world.state, options, async () => 'done')).toBe('done');
  dying.letGo();
  await expect(dead).rejects.toThrow();
  expect(await withSlot(other, options, async () => 'alive')).toBe('alive');
});

test('who is cancelled while waiting stops waiting, and holds nothing', async () => {
  const licence = newLicence();
  const first = heldCall();
  const one = withSlot(world.state, { licence, slots: 1, signal: never() }, first.call);
  await first.started;
  const cancelled = new AbortController();
  const call = () => expect.fail('the call must not begin');
  const two = withSlot(other, { licence, slots: 1, signal: cancelled.signal }, call);
  cancelled.abort();
  await expect(two).rejects.toMatchObject({ name: 'AbortError' });
  first.letGo();
  await one;
  expect(await withSlot(other, { licence, slots: 1, signal: never() }, async () => 'done')).toBe('done');
});
