import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../../state/runs/close.ts';
import { settleRun } from '../../../state/settle/settle.ts';
import { countsOf, listedKeys, wholeRows, wouldSend, type Values } from '../observing.ts';
import { deliver, goodRun, listLines, planned, sendAll } from '../sending.ts';
import { definitionFor, freshState, newActivation, type SegmentRow, type StateWorld } from '../support.ts';
import { afterRun, nextRun, NOTHING, type Known } from './known-model.ts';
import { ended } from '../../support/ended.ts';
import { repeats } from '../../setup/repeats.ts';

/*
 * Attributes and membership are separate facts: Actito confirms the attributes, and a delivery confirms the
 * membership.
 */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Definition = ReturnType<typeof definitionFor>;

const person = (key: string, first = '1'): SegmentRow => ({ key, values: [first, '2', '3'] });

/** A run in which Actito confirms all attributes, and the list does not arrive. */
async function runWithoutPush(definition: Definition, segment: SegmentRow[]) {
  const run = await planned(world, definition, segment);
  await sendAll(world, run);
  await deliver(world, run, { arrives: false });
  await settleRun(world.state, run);
  await closeRun(world.state, run, ended('failed'));
  return run;
}

test('after a failed delivery, the next run sends no attributes again and adds the members to the list', async () => {
  const definition = definitionFor(newActivation());
  const segment = [person('anna'), person('bob')];
  const failed = await runWithoutPush(definition, segment);
  expect(await countsOf(world, failed)).toMatchObject({ updated: 2, unsent: 0 });
  expect(await listedKeys(world, definition)).toEqual([]);

  const run = await planned(world, definition, segment);
  expect(await wouldSend(world, run)).toEqual([]);
  expect(run.counts).toMatchObject({ added: 2, removed: 0, members: 2 });
  expect(await listLines(world, run)).toEqual(['anna', 'bob']);
  expect(await listedKeys(world, definition)).toEqual([]);
  await deliver(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, null);
  expect(await listedKeys(world, definition)).toEqual(['anna', 'bob']);
});

test.each([
  { what: 'without a grace period', removal: {} },
  { what: 'with a grace period', removal: { removal: { after: '2 runs' } } },
])(
  '$what, a member who leaves before any list held them is never counted as removed',
  async ({ removal }) => {
    const definition = definitionFor(newActivation(), removal);
    await goodRun(world, definition, [person('anna')]);
    await runWithoutPush(definition, [person('anna'), person('bob')]);
    for (const arrives of [false, true]) {
      const run = await planned(world, definition, [person('anna')]);
      expect(run.counts).toMatchObject({ added: 0, removed: 0, members: 1 });
      expect(run.counts.leaving ?? 0).toBe(0);
      expect(await listLines(world, run)).toEqual(['anna']);
      await deliver(world, run, { arrives });
      await settleRun(world.state, run);
      await closeRun(world.state, run, ended(arrives ? 'succeeded' : 'failed'));
    }
    // The state has deleted the member, who is new on return.
    const run = await planned(world, definition, [person('anna'), person('bob')]);
    expect(await wouldSend(world, run)).toEqual(wholeRows([person('bob')]));
    expect(run.counts).toMatchObject({ added: 1, removed: 0 });
  },
);

test('a member who left the list without a delivery and returns is still on it, and is not sent again', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [person('anna'), person('bob')]);
  await runWithoutPush(definition, [person('anna')]);
  const run = await planned(world, definition, [person('anna'), person('bob')]);
  expect(await wouldSend(world, run)).toEqual([]);
  expect(run.counts).toMatchObject({ added: 0, removed: 0, unchanged: 2 });
  expect(run.plan.push).toBe('repair'); // the server may hold the list of the failed run
});

const stepArb = fc.record({
  segment: fc.uniqueArray(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      values: fc.constantFrom<Values>(['1', '2', '3'], [null, '2', '3'], ['1', '2', null]),
    }),
    { selector: ({ key }) => key },
  ),
  delivery: fc.constantFrom('arrives', 'breaks', 'is not tried'),
});
type Step = typeof stepArb extends fc.Arbitrary<infer T> ? T : never;

async function runStep(definition: Definition, { segment, delivery }: Step, known: Known): Promise<Known> {
  const run = await planned(world, definition, segment);
  const { sends, added, removed, list } = nextRun(known, segment);
  expect(await wouldSend(world, run)).toEqual(sends);
  expect(run.plan.toSend).toBe(sends.length);
  expect(run.counts).toMatchObject({ added, removed, members: list.length });
  expect(await listLines(world, run)).toEqual(list);
  await sendAll(world, run);
  const arrived = run.plan.push === null || delivery === 'arrives';
  if (run.plan.push && delivery !== 'is not tried') await deliver(world, run, { arrives: arrived });
  await settleRun(world.state, run);
  await closeRun(world.state, run, ended(arrived ? 'succeeded' : 'failed'));
  const now = afterRun(known, segment, { confirmed: sends.map(({ key }) => key), arrived });
  expect(await listedKeys(world, definition)).toEqual(now.listed);
  return now;
}

test('whichever lists arrive, confirmed values are not sent again, and only listed members are removed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { minLength: 2, maxLength: 6 }), async (steps) => {
      const definition = definitionFor(newActivation());
      let known = NOTHING;
      for (const step of steps) known = await runStep(definition, step, known);
    }),
    { numRuns: repeats(25) },
  );
}, 180_000);
