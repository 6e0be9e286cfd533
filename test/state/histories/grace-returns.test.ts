import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { later, plannedList, type List, type ModelGrace } from '../grace-model.ts';
import { letPass, listedKeys, previewed, shown, wholeRows, wouldSend, type Values } from '../observing.ts';
import { goodRun, planned } from '../sending.ts';
import { definitionFor, freshState, newActivation, type SegmentRow, type StateWorld } from '../support.ts';

/* Members who leave the segment, return within the grace period and leave again. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Definition = ReturnType<typeof definitionFor>;

const after = (grace: string) => definitionFor(newActivation(), { removal: { after: grace } });
const person = (key: string, first = '1'): SegmentRow => ({ key, values: [first, '2', '3'] });
const WITHOUT = [person('anna')];
const WITH = [person('anna'), person('bob')];

/** Runs without Bob, until his grace period has almost ended. */
const GRACES: { grace: string; almostOver: (definition: Definition) => Promise<void> }[] = [
  {
    grace: '2 runs',
    almostOver: async (definition) => {
      for (let i = 0; i < 2; i++) expect((await goodRun(world, definition, WITHOUT)).plan.push).toBeNull();
    },
  },
  {
    grace: '24h',
    almostOver: async (definition) => {
      expect((await goodRun(world, definition, WITHOUT)).plan.push).toBeNull();
      await letPass(world, definition, 23);
    },
  },
];

test.each(GRACES)(
  'with a grace period of $grace, a member who returns and leaves again has the whole grace period again',
  async ({ grace, almostOver }) => {
    const definition = after(grace);
    await goodRun(world, definition, WITH);
    for (const place of ['first', 'second', 'third']) {
      await almostOver(definition);
      const seen = await previewed(world, definition, WITH);
      expect({ place, ...seen }).toMatchObject({ sends: [], push: null, list: ['anna', 'bob'] });
      const { counts } = await goodRun(world, definition, WITH);
      expect(counts).toMatchObject({
        added: 0,
        removed: 0,
        leaving: 0,
        changed: 0,
        members: 2,
        unchanged: 2,
      });
    }
    await almostOver(definition);
    if (grace === '24h') await letPass(world, definition, 1);
    const { counts } = await goodRun(world, definition, WITHOUT);
    expect(counts).toMatchObject({ removed: 1, leaving: 0, members: 1 });
    expect(await listedKeys(world, definition)).toEqual(['anna']);
  },
);

test.each(GRACES)(
  'with a grace period of $grace, a return that no run saw does not restart it',
  async ({ grace, almostOver }) => {
    const definition = after(grace);
    await goodRun(world, definition, WITH);
    await almostOver(definition);
    await previewed(world, definition, WITH); // a preview does not count as a run
    if (grace === '24h') await letPass(world, definition, 1);
    const run = await planned(world, definition, WITHOUT);
    expect(await shown(world, run)).toMatchObject({ sends: [], push: 'changed', list: ['anna'] });
  },
);

test.each(GRACES)(
  'with a grace period of $grace, a member who returns with another value is sent whole, and the list is not delivered',
  async ({ grace, almostOver }) => {
    const definition = after(grace);
    await goodRun(world, definition, WITH);
    await almostOver(definition);
    const changed = [person('anna'), person('bob', 'x')];
    const run = await goodRun(world, definition, changed);
    expect(run.counts).toMatchObject({ added: 0, removed: 0, changed: 1 });
    expect(run.plan).toMatchObject({ push: null, toSend: 1 });
    await almostOver(definition);
    expect(await previewed(world, definition, changed)).toMatchObject({ sends: [], list: ['anna', 'bob'] });
    const back = await planned(world, definition, WITH);
    expect(await wouldSend(world, back)).toEqual(wholeRows([person('bob')]));
  },
);

const MODELS: { text: string; model: ModelGrace }[] = [
  { text: '1 run', model: { runs: 1 } },
  { text: '2 runs', model: { runs: 2 } },
  { text: '25h', model: { hours: 25 } },
];
const stepArb = fc.record({
  segment: fc.uniqueArray(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      values: fc.constantFrom<Values>(['1', '2', '3'], ['1', '2', '3'], [null, '2', '3']),
    }),
    { selector: ({ key }) => key },
  ),
  hours: fc.constantFrom(0, 10, 20),
});

test('a member is sent only when entering the list or with other values, however often they leave and return', async () => {
  let returned = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...MODELS),
      fc.array(stepArb, { minLength: 3, maxLength: 8 }),
      async ({ text, model }, steps) => {
        const definition = after(text);
        let list: List = new Map();
        const sent = new Map<string, string>();
        for (const { segment, hours } of steps) {
          const expected = plannedList(list, new Map(segment.map(({ key }) => [key, key])), model);
          const due = segment.filter(
            ({ key, values }) => !list.has(key) || sent.get(key) !== JSON.stringify(values),
          );
          const seen = await previewed(world, definition, segment);
          expect([seen.sends, seen.list]).toEqual([wholeRows(due), [...expected.keys()].sort()]);
          const { plan } = await goodRun(world, definition, segment);
          expect([plan.hash, plan.toSend]).toEqual([seen.hash, due.length]);
          expect(await listedKeys(world, definition)).toEqual([...expected.keys()].sort());

          for (const { key, values } of segment) {
            if (list.get(key)?.missing) returned++;
            sent.set(key, JSON.stringify(values));
          }
          await letPass(world, definition, hours);
          list = later(expected, { runs: 1, hours });
        }
      },
    ),
    { numRuns: 20 },
  );
  expect(returned).toBeGreaterThan(5);
}, 180_000);
