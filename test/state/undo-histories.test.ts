import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Definition } from '../../activation/definition/definition.ts';
import { closeRun } from '../../state/runs/close.ts';
import { publish } from '../../state/delta/publish.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { readAcknowledged } from '../../state/acknowledged.ts';
import type { PlannedRun } from '../../state/runs/runs.ts';
import { deliver, goodRun, planned, sendAll } from './sending.ts';
import {
  compareInto,
  definitionFor,
  freshState,
  newActivation,
  open,
  type SegmentRow,
  type StateWorld,
} from './support.ts';
import { asList, foreseen, goodUndo, listOf, plannedUndo, type List } from './undoing.ts';
import { ended } from '../support/ended.ts';
import { repeats } from '../setup/repeats.ts';

/*
 * Histories in which runs deliver, fail, keep the list alive, are killed or undo others, beside the list of
 * each of them.
 */

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
  /** The rows of an abandoned attempt: it is slower, and changes nothing. */
  slower: fc.option(segmentArb, { freq: 4 }),
  /** Undoes to a former run, instead of following the segment. */
  undoes: fc.option(fc.nat(), { freq: 3 }),
  /** `is kept`: the run fails, and delivers the unchanged list, so that it does not expire. */
  delivery: fc.constantFrom('arrives', 'breaks', 'is kept'),
  end: fc.constantFrom('settles', 'settles', 'is killed'),
});
type Step = typeof stepArb extends fc.Arbitrary<infer T> ? T : never;

/** The list after each run, oldest first. */
type Past = { run: string; list: List }[];

/** A run with its plan; another attempt to compare comes too late. */
async function plannedTwice(definition: Definition, { segment, slower }: Step): Promise<PlannedRun> {
  if (!slower) return planned(world, definition, segment);
  const run = await open(world, definition);
  const late = await compareInto(world, run, slower);
  const { attempt, found } = await compareInto(world, run, segment);
  const published = await publish(world.state, run, attempt, found);
  expect(await publish(world.state, run, late.attempt, late.found)).toEqual(published);
  return { ...published, delta: published.delta! };
}

/** Delivers the list that was acknowledged last. */
async function keep(run: PlannedRun): Promise<void> {
  const { list } = await readAcknowledged(world.state, run);
  await deliver(world, { ...run, plan: { ...run.plan, push: 'keep-alive', list } }, { kind: 'kept' });
}

/** @returns the list after it */
async function take(definition: Definition, step: Step, now: List, past: Past): Promise<List> {
  const target = step.undoes === null ? undefined : past[step.undoes % past.length]!;
  const run = target
    ? await plannedUndo(world, definition, target.run)
    : await plannedTwice(definition, step);
  await sendAll(world, run);
  if (step.delivery === 'is kept') await keep(run);
  else if (run.plan.push) await deliver(world, run, { arrives: step.delivery === 'arrives' });
  const isRight = run.plan.push === null || step.delivery === 'arrives';
  const list = isRight ? (target?.list ?? asList(step.segment)) : now;
  if (isRight) past.push({ run: run.run, list });
  if (step.end === 'settles') {
    await settleRun(world.state, run);
    await closeRun(world.state, run, ended(isRight ? 'succeeded' : 'failed'));
  }
  return list;
}

test('an undo to any run restores exactly the list that it left, with its identifiers, whatever came after', async () => {
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
        const last = await goodRun(world, definition, begin); // settles a killed one
        past.push({ run: last.run, list: asList(begin) });

        for (const each of past) expect(await foreseen(world, definition, each.run)).toEqual(each.list);
        const { run, list: wanted } = past[chosen % past.length]!;
        await goodUndo(world, definition, run);
        expect(await listOf(world, definition)).toEqual(wanted);
      },
    ),
    { numRuns: repeats(25) },
  );
}, 300_000);
