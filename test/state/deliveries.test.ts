import { afterAll, beforeAll, expect, test } from 'vitest';
import { tell } from '../../contract/messages/tell.ts';
import type { GuardTrip } from '../../contract/plan.ts';
import { findDelivered } from '../../state/lists/deliveries.ts';
import { savePlan } from '../../state/plan/plan.ts';
import { deliver, goodRun, planned } from './sending.ts';
import { activationRow, definitionFor, freshState, newActivation, type StateWorld } from './support.ts';

/* One run delivers one list. Otherwise it would be unknown which of two files is on the server. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const ANNA = { key: 'anna', values: ['1', '2', '3'] };
const BOB = { key: 'bob', values: ['1', '2', '3'] };

/** A run that would add Bob to a list of Anna alone. */
async function plannedRun() {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [ANNA]);
  return planned(world, definition, [ANNA, BOB]);
}

const dirty = async (activation: string) => (await activationRow(world, activation)).list_dirty;
const deliveries = (run: string) => world.state('deliveries').where({ run }).select('kind');

test.each([
  ['plan', 'kept'],
  ['kept', 'plan'],
] as const)(
  'a run that has begun to deliver its list as "%s" cannot deliver it as "%s"',
  async (first, second) => {
    for (const arrives of [false, true]) {
      const run = await plannedRun();
      await deliver(world, run, { kind: first, arrives });
      await expect(deliver(world, run, { kind: second })).rejects.toMatchObject({
        type: 'RunSuperseded',
        message: 'This run has already started to deliver another list.',
      });
      expect(await deliveries(run.run)).toEqual([{ kind: first }]);
      expect(await findDelivered(world.state, run.run, second)).toBeUndefined();
    }
  },
);

test.each(['plan', 'kept'] as const)('a retry delivers the same list again: %s', async (kind) => {
  const run = await plannedRun();
  await deliver(world, run, { kind, arrives: false });
  await deliver(world, run, { kind });
  expect(await deliveries(run.run)).toEqual([{ kind }, { kind }]);
});

test('a run that is held in the meantime does not begin to deliver its list, and may deliver the former one', async () => {
  const run = await plannedRun();
  const trip: GuardTrip = {
    guard: 'minMatchRatio',
    figure: 1,
    ...tell('matchRateTooLow', { entering: true, judged: 1, missed: 1, limit: 1 }),
  };
  await savePlan(world.state, run.run, { ...run.plan, guards: [trip] });
  await expect(deliver(world, run)).rejects.toMatchObject({ type: 'RunSuperseded' });
  expect([await deliveries(run.run), await dirty(run.activation)]).toEqual([[], false]);
  await deliver(world, run, { kind: 'kept' });
  expect(await deliveries(run.run)).toEqual([{ kind: 'kept' }]);
});
