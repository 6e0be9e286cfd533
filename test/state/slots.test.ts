import { expect, test } from 'vitest';
import { withSlot, type Caller } from '../../state/slots.ts';
import { openState, rows } from '../../state/state.ts';
import { until } from '../setup/until.ts';
import { CALLER, options, slotsForTests, SOON } from './slots-support.ts';

const { world, other, slotsHeld } = await slotsForTests();

/** A call that lasts until it is released. */
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

test('two workers never make more calls at a time than there are slots', async () => {
  const { licence } = options();
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
    withSlot(i % 2 ? world.state : other, options({ licence, slots: 3 }), call),
  );
  await Promise.all(calls);
  expect({ most, done }).toEqual({ most: 3, done: 18 });
  expect(await slotsHeld()).toBe(0);
});

test('a call waits while another worker holds all slots, and begins when one is released', async () => {
  const one = options();
  const [first, second] = [heldCall(), heldCall()];
  let secondBegan = false;
  const holding = withSlot(world.state, one, first.call);
  await first.started;
  let asked = false;
  const isUnderWay = async () => (asked = true);
  const begins = () => {
    secondBegan = true;
    return second.call();
  };
  const waiting = withSlot(other, { ...one, isUnderWay }, begins, SOON);
  await until('the other worker has waited for long', async () => asked);
  expect(secondBegan).toBe(false);
  first.letGo();
  await holding;
  await second.started;
  second.letGo();
  await waiting;
});

test('a running call holds no connection and no transaction', async () => {
  const single = openState({ url: world.url, poolSize: 1 });
  const held = heldCall();
  const call = withSlot(single, options(), held.call);
  await held.started;
  expect(await rows(single, 'select 1 as one')).toEqual([{ one: 1 }]);
  const open = `select from pg_stat_activity where xact_start is not null and pid <> pg_backend_pid() and datname = current_database()`;
  expect(await rows(single, open)).toEqual([]);
  held.letGo();
  await call;
  await single.destroy();
});

test('licenses do not wait for each other', async () => {
  const [first, second] = [heldCall(), heldCall()];
  const one = withSlot(world.state, options(), first.call);
  const two = withSlot(world.state, options(), second.call);
  await Promise.all([first.started, second.started]);
  first.letGo();
  second.letGo();
  await Promise.all([one, two]);
});

test('a slot is released after a failed call, and the failure is passed on', async () => {
  const one = options();
  for (let i = 0; i < 5; i++) {
    await expect(withSlot(world.state, one, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  }
  expect(await slotsHeld()).toBe(0);
  expect(await withSlot(other, one, async () => 'done')).toBe('done');
});

test('the slot of an attempt that is no longer running in Temporal is free, and slots of other attempts are not', async () => {
  const { licence } = options();
  const [vanished, living] = [heldCall(), heldCall()];
  const gone = withSlot(
    other,
    options({ licence, slots: 2, caller: { ...CALLER, attempt: 7 } }),
    vanished.call,
  );
  const alive = withSlot(other, options({ licence, slots: 2 }), living.call);
  await Promise.all([vanished.started, living.started]);
  const asked: Caller[] = [];
  const isUnderWay = async (caller: Caller) => {
    asked.push(caller);
    return caller.attempt !== 7;
  };
  const next = options({ licence, slots: 2, isUnderWay });
  expect(await withSlot(world.state, next, async () => 'done', SOON)).toBe('done');
  expect(asked).toContainEqual({ ...CALLER, attempt: 7 });
  expect(await slotsHeld()).toBe(1);
  vanished.letGo();
  living.letGo();
  await Promise.all([gone, alive]);
});

test.each([
  ['of another namespace', { namespace: 'other' }],
  ['of another Temporal server', { cluster: 'other' }],
])(
  'for the slot of an attempt %s our Temporal is not asked; the slot is free after the longest time of a call',
  async (_, changes) => {
    const { licence } = options();
    const held = heldCall();
    const caller = { ...CALLER, ...changes };
    const holding = withSlot(other, options({ licence, caller }), held.call);
    await held.started;
    const gone = new AbortController();
    const isUnderWay = async () => false;
    const waiting = options({ licence, isUnderWay, signal: gone.signal });
    let looked = 0;
    const waits = {
      ...SOON,
      suspicious: 0,
      get base() {
        if (++looked === 20) gone.abort();
        return 1;
      },
    };
    const call = () => expect.fail('the call must not begin');
    await expect(withSlot(world.state, waiting, call, waits)).rejects.toMatchObject({ name: 'AbortError' });

    await world.state.raw(
      `update call_slots set taken_at = now() - interval '61 minutes' where licence = ?`,
      [licence],
    );
    expect(await withSlot(world.state, options({ licence, isUnderWay }), async () => 'done', SOON)).toBe(
      'done',
    );
    held.letGo();
    await holding;
  },
);

test.each([null, 'c'])(
  'an attempt whose server is not known is looked up in its namespace (ours: %s)',
  async (cluster) => {
    const { licence } = options();
    const held = heldCall();
    const holding = withSlot(other, options({ licence, caller: { ...CALLER, cluster: null } }), held.call);
    await held.started;
    const next = options({ licence, caller: { ...CALLER, cluster }, isUnderWay: async () => false });
    expect(await withSlot(world.state, next, async () => 'done', SOON)).toBe('done');
    held.letGo();
    await holding;
  },
);

test('a call returns its result although its slot cannot be released; the next call releases it', async () => {
  const one = options();
  const keeper = await world.state.transaction();
  const done = withSlot(other, one, async () => {
    await keeper.raw('lock table call_slots');
    return 'done';
  });
  await until('the slot is about to be released, and its connection has ended', async () => {
    const ended = await rows(
      keeper,
      `select pg_terminate_backend(pid) from pg_locks where not granted and relation = to_regclass('call_slots')`,
    );
    return ended.length > 0;
  });
  expect(await done).toBe('done');
  await keeper.rollback();
  expect(await slotsHeld()).toBe(1);
  expect(await withSlot(other, one, async () => 'again')).toBe('again');
  expect(await slotsHeld()).toBe(0);
});

test('a run that is canceled while it waits stops waiting, and holds nothing', async () => {
  const one = options();
  const first = heldCall();
  const holding = withSlot(world.state, one, first.call);
  await first.started;
  const cancelled = new AbortController();
  const call = () => expect.fail('the call must not begin');
  const waiting = withSlot(other, { ...one, signal: cancelled.signal }, call);
  cancelled.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  first.letGo();
  await holding;
  expect(await withSlot(other, one, async () => 'done')).toBe('done');
});
