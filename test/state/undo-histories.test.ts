import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Definition } from '../../activation/definition/definition.ts';
import { closeRun } from '../../state/runs/close.ts';
import { planRun } from '../../state/plan/plan.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { deliver, goodRun, planned, sendAll } from './sending.ts';
import {
  definitionFor,
  extract,
  freshState,
  newActivation,
  type SegmentRow,
  type StateWorld,
} from './support.ts';
import { asList, foreseen, goodUndo, listOf, plannedUndo, type List } from './undoing.ts';

/* Histories in which runs deliver, fail, start over, are killed or undo others, beside what each of them left. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const OWN_IDENTIFIER = { list: { identifier: { column: 'card', attribute: 'cardNumber' } } };

const segmentArb = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    identifier: fc.constantFrom('i1', 'i2'),
    values: fc.constant(['1', '2', '3']),
  }),
  { selector: ({ key }) => key },
) as fc.Arbitrary<SegmentRow[]>;

const stepArb = fc.record({
  segment: segmentArb,
  /** Delivers this one first, then loses its stage and reads `segment`. */
  startsOverFrom: fc.option(segmentArb, { freq: 4 }),
  /** Goes back to one of the runs before, instead of following the segment. */
  undoes: fc.option(fc.nat(), { freq: 3 }),
  arrives: fc.boolean(),
  end: fc.constantFrom('settles', 'settles', 'is killed'),
});
type Step = typeof stepArb extends fc.Arbitrary<infer T> ? T : never;

/** What a run left as the list, oldest first. */
type Past = { run: string; list: List }[];

/** @returns what the list holds after it */
async function take(definition: Definition, step: Step, now: List, past: Past): Promise<List> {
  const target = step.undoes === null ? undefined : past[step.undoes % past.length]!;
  let list = now;
  const first = step.startsOverFrom ?? step.segment;
  let run = target
    ? await plannedUndo(world, definition, target.run)
    : await planned(world, definition, first);
  if (step.startsOverFrom && !target) {
    if (run.plan.push) await deliver(world, run);
    list = asList(step.startsOverFrom);
    await extract(world, run, step.segment);
    run = await readPlanned(world.state, run.run);
  }
  await sendAll(world, run);
  if (run.plan.push) await deliver(world, run, { arrives: step.arrives });
  const isRight = run.plan.push === null || step.arrives;
  if (isRight) list = target?.list ?? asList(step.segment);
  if (isRight) past.push({ run: run.run, list });
  if (step.end === 'settles') {
    await settleRun(world.state, run);
    await closeRun(world.state, run, { outcome: isRight ? 'succeeded' : 'failed' });
  }
  return list;
}

test('an undo to any run gives exactly the list that it left, with its identifiers, whatever came after', async () => {
  await fc.assert(
    fc.asyncProperty(
      segmentArb,
      fc.array(stepArb, { minLength: 1, maxLength: 5 }),
      fc.nat(),
      async (begin, steps, chosen) => {
        const definition = definitionFor(newActivation(), OWN_IDENTIFIER);
        const first = await goodRun(world, definition, begin);
        const past: Past = [{ run: first.run, list: asList(begin) }];
        let list = past[0]!.list;
        for (const step of steps) list = await take(definition, step, list, past);
        const last = await goodRun(world, definition, begin); // settles one that was killed
        past.push({ run: last.run, list: asList(begin) });

        for (const each of past) expect(await foreseen(world, definition, each.run)).toEqual(each.list);
        const { run, list: wanted } = past[chosen % past.length]!;
        await goodUndo(world, definition, run);
        expect(await listOf(world, definition)).toEqual(wanted);
      },
    ),
    { numRuns: 25 },
  );
}, 300_000);
