import { afterAll, beforeAll, expect, test } from 'vitest';
import { withSlot } from '../../state/slots.ts';
import { openState, rows, type State } from '../../state/state.ts';
import { until } from '../setup/until.ts';
import { freshState, type StateWorld } from './support.ts';

let world: StateWorld;
let other: State;
beforeAll(async () => {
  world = await freshState();
  other = openState({ url: world.url, poolSize: 2 });
});
afterAll(async () => {
  await other?.destroy();
  await world?.dispose();
});

const CALLER = {
  cluster: 'c',
  namespace: 'default',
  workflowId: 'activation/vip',
  runId: 'r',
  activityId: '1',
  attempt: 1,
};
const OPTIONS = { licence: 'one', slots: 1, caller: CALLER, isUnderWay: async () => true };
/** Milliseconds; a call that is stopped leaves soon. */
const WAITS = { base: 5, spread: 5, suspicious: 100, endless: 3_600_000, leaving: 50 };
const slotsHeld = async () => (await rows(world.state, 'select from call_slots')).length;

test.each(['before the slot is given back', 'while it is given back'])(
  'a call that is stopped %s does not wait for a state that does not answer',
  async (when) => {
    const stop = new AbortController();
    const keeper = await world.state.transaction();
    const stuck = () =>
      rows(keeper, `select from pg_locks where not granted and relation = to_regclass('call_slots')`);
    const call = async () => {
      await keeper.raw('lock table call_slots');
      if (when.startsWith('before')) stop.abort();
      throw new Error('stopped');
    };
    const stopped = withSlot(other, { ...OPTIONS, signal: stop.signal }, call, WAITS);
    const failed = expect(stopped).rejects.toThrow('stopped');
    await until('the state does not answer', async () => (await stuck()).length > 0);
    stop.abort();
    await failed;
    expect(await stuck()).toHaveLength(1);
    await keeper.rollback();
    await until('the slot is given back', async () => (await slotsHeld()) === 0);
  },
);
