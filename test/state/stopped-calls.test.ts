import { expect, test } from 'vitest';
import { withSlot } from '../../state/slots.ts';
import { rows } from '../../state/state.ts';
import { until } from '../setup/until.ts';
import { options, slotsForTests, SOON } from './slots-support.ts';

const { world, other, slotsHeld } = await slotsForTests();

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
    const stopped = withSlot(other, options({ signal: stop.signal }), call, SOON);
    const failed = expect(stopped).rejects.toThrow('stopped');
    await until('the state does not answer', async () => (await stuck()).length > 0);
    stop.abort();
    await failed;
    expect(await stuck()).toHaveLength(1);
    await keeper.rollback();
    await until('the slot is given back', async () => (await slotsHeld()) === 0);
  },
);
