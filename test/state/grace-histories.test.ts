import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../state/runs/close.ts';
import type { PlannedRun } from '../../state/runs/runs.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { later, plannedList, undelivered, type List, type ModelGrace } from './grace-model.ts';
import { deliver, listLines, planned } from './sending.ts';
import { definitionFor, extract, freshState, membersOf, newActivation, type StateWorld } from './support.ts';
import { ended } from '../support/ended.ts';

/* Random histories of a segment, the setting, and the results of runs, beside a model of a few lines. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const FATES = [
  'succeeds',
  'succeeds',
  'succeeds',
  'succeeds',
  'succeeds after two attempts to compare',
  'settles twice',
  'is not delivered',
  'fails once it has delivered',
  'is killed',
  'is held',
  'is dry',
] as const;

const GRACES: { text: string | null; model: ModelGrace }[] = [
  { text: null, model: null },
  { text: '0 runs', model: { runs: 0 } },
  { text: '1 run', model: { runs: 1 } },
  { text: '2 runs', model: { runs: 2 } },
  { text: '25h', model: { hours: 25 } },
];

const stepArb = fc.record({
  segment: fc
    .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '1', '1', '2')), {
      selector: ([key]) => key,
    })
    .map((rows) => new Map(rows.map(([key, card]) => [key, `${key}${card}`]))),
  fate: fc.constantFrom(...FATES),
  hours: fc.constantFrom(0, 10, 20),
  /** Mostly the setting of the whole history. */
  otherGrace: fc.option(fc.constantFrom(...GRACES), { freq: 5 }),
});
type Step = typeof stepArb extends fc.Arbitrary<infer T> ? T : never;

const settings = (grace: string | null, isHeld: boolean) => ({
  attributes: [],
  list: { identifier: { column: 'card', attribute: 'cardNumber' } },
  guards: { maxRejectedRatio: isHeld ? 0 : 1, maxRemovedRatio: 1, allowEmpty: true },
  ...(grace === null ? {} : { removal: { after: grace } }),
});

async function runStep(id: string, { segment, fate }: Step, grace: (typeof GRACES)[number], list: List) {
  const isHeld = fate === 'is held';
  const definition = definitionFor(id, settings(grace.text, isHeld));
  const rows = [...segment].map(([key, identifier]) => ({ key, identifier, values: [] }));
  const read = [...rows, ...(isHeld ? [{ key: null, identifier: 'x', values: [] }] : [])];
  const run = await planned(world, definition, read, { dryRun: fate === 'is dry' });
  const expected = plannedList(list, segment, grace.model);
  if (isHeld || fate === 'is dry') {
    if (fate === 'is dry') await expectList(run, expected);
    await settleRun(world.state, run);
    await closeRun(world.state, run, ended(isHeld ? 'held' : 'succeeded'));
    return list;
  }
  await expectList(run, expected);
  const arrives = fate !== 'is not delivered';
  if (run.plan.push) await deliver(world, run, { arrives });
  if (fate === 'succeeds after two attempts to compare') {
    await extract(world, run, []); // too late: the first one is published
    await expectList(run, expected);
  }
  const isInPlace = arrives || run.plan.push === null;
  const after = isInPlace ? expected : undelivered(list, expected);
  if (fate === 'is killed') return after;
  await settleRun(world.state, run);
  if (fate === 'settles twice') await settleRun(world.state, run);
  const succeeded = !fate.startsWith('is not') && !fate.startsWith('fails');
  await closeRun(world.state, run, ended(succeeded ? 'succeeded' : 'failed'));
  return later(after, { runs: succeeded ? 1 : 0, hours: 0 });
}

/** The list that the run would deliver, and its counts. */
async function expectList(run: PlannedRun, list: List): Promise<void> {
  const identifiers = [...list.values()].map(({ identifier }) => identifier).sort();
  expect(await listLines(world, run)).toEqual(identifiers);
  const leaving = [...list.values()].filter(({ missing }) => missing !== null).length;
  expect([run.counts.members, run.counts.leaving ?? 0]).toEqual([list.size, leaving]);
}

async function expectMembers(id: string, list: List): Promise<void> {
  const listed = (await membersOf(world, id)).filter((member) => member.listed);
  const expected = [...list].map(([key, { identifier }]) => [key, identifier]).sort();
  expect(listed.map(({ key, identifier }) => [key, identifier])).toEqual(expected);
}

async function letPass(id: string, hours: number): Promise<void> {
  await world.state.raw(
    `update members_${id.replaceAll('-', '_')} set missing_since = missing_since - ? * interval '1 hour'`,
    [hours],
  );
}

test('whatever happens to the runs, the list is the segment plus the members in their grace period', async () => {
  const seen = { stayed: 0, left: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...GRACES),
      fc.array(stepArb, { minLength: 1, maxLength: 8 }),
      async (grace, steps) => {
        const id = newActivation();
        let list: List = new Map();
        let unsettled: List | null = null;
        for (const step of steps) {
          if (step.fate !== 'is dry' && unsettled) [list, unsettled] = [unsettled, null]; // a dry run settles nothing
          const before = list;
          const after = await runStep(id, step, step.otherGrace ?? grace, list);
          if (step.fate === 'is killed') unsettled = after;
          else list = after;
          await expectMembers(id, list);
          if (unsettled) continue;
          await letPass(id, step.hours);
          list = later(list, { runs: 0, hours: step.hours });
          for (const key of before.keys()) if (!list.has(key)) seen.left++;
          for (const { missing } of list.values()) if (missing) seen.stayed++;
        }
      },
    ),
    { numRuns: 25 },
  );
  expect(seen.stayed).toBeGreaterThan(5);
  expect(seen.left).toBeGreaterThan(5);
}, 180_000);
