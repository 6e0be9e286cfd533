import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../../state/runs/close.ts';
import { settleRun } from '../../../state/settle/settle.ts';
import {
  countsOf,
  filesOf,
  listedKeys,
  openPreview,
  planPreview,
  previewed,
  settledDuring,
  shown,
  type Shown,
  type Values,
} from '../observing.ts';
import { deliver, goodRun, planned, sendAll, sendChunk, type Fate } from '../sending.ts';
import { definitionFor, freshState, newActivation, type SegmentRow, type StateWorld } from '../support.ts';
import { repeats } from '../../setup/repeats.ts';

/* A preview during a run shows the state before or after the settlement, and does not affect the run. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Definition = ReturnType<typeof definitionFor>;

const person = (key: string, first = '1'): SegmentRow => ({ key, values: [first, '2', '3'] });
const FORMER = [person('anna'), person('bob')];
const CURRENT = [person('anna', 'x'), person('carl')];

/**
 * Once a delivery has begun, it is the reason to deliver the list; nothing else differs before the run
 * settles.
 */
const withoutPush = ({ push, ...rest }: Shown) => ({ ...rest, isPushed: push !== null });

test('a preview has the hash of the run in the same state, before and after that run settles', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, FORMER);
  const before = await previewed(world, definition, CURRENT);
  const run = await planned(world, definition, CURRENT);
  expect(await shown(world, run)).toEqual(before);
  await sendAll(world, run);
  expect(await previewed(world, definition, CURRENT)).toEqual(before);
  await deliver(world, run);
  expect(withoutPush(await previewed(world, definition, CURRENT))).toEqual(withoutPush(before));
  await settleRun(world.state, run);
  const after = await previewed(world, definition, CURRENT);
  expect(after).toMatchObject({ sends: [], push: null });
  expect(after.hash).not.toBe(before.hash);
  await closeRun(world.state, run, null);
  expect(await shown(world, await planned(world, definition, CURRENT))).toEqual(after);
});

/** The results of two previews, and of one that is made while a run settles between them. */
async function previewDuringSettlement(definition: Definition, segment: SegmentRow[]) {
  const run = await planned(world, definition, CURRENT);
  await sendAll(world, run);
  await deliver(world, run);
  const preview = async () => planPreview(world, await openPreview(world, definition), segment);
  const before = await preview();
  const opened = await openPreview(world, definition);
  const during = await settledDuring(world, run, () => planPreview(world, opened, segment));
  const after = await preview();
  await closeRun(world.state, run, null);
  return { before, during, after };
}

/** @returns whether the preview during the settlement shows the state before or after it */
async function isOneState(segment: SegmentRow[]): Promise<boolean> {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, FORMER);
  const { before, during, after } = await previewDuringSettlement(definition, segment);
  return [before, after].some((state) => isDeepStrictEqual(during, state));
}

test.each([
  { what: 'the segment of the run', segment: CURRENT },
  { what: 'another segment', segment: [person('bob', 'y'), person('dora')] },
])('a preview of $what that meets a settlement shows the state before or after it', async ({ segment }) => {
  expect(await isOneState(segment)).toBe(true);
});

test('a preview of the former segment that meets a settlement shows the state before or after it', async () => {
  expect(await isOneState(FORMER)).toBe(true);
});

test('a run with a preview during its settlement settles in the same way as without one', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, FORMER);
  const { before, after } = await previewDuringSettlement(definition, CURRENT);
  expect(before.counts).toMatchObject({ added: 1, removed: 1, changed: 1 });
  expect(after).toMatchObject({ push: null, counts: { added: 0, removed: 0, changed: 0 } });
  expect(await listedKeys(world, definition)).toEqual(['anna', 'carl']);
});

const segmentArb: fc.Arbitrary<SegmentRow[]> = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    values: fc.constantFrom<Values>(['1', '2', '3'], ['9', '2', '3'], [null, '2', null]),
  }),
  { selector: ({ key }) => key },
);
const MOMENTS = ['planned', 'sent', 'delivered', 'settled', 'closed'] as const;
const stepArb = fc.record({
  segment: segmentArb,
  /** Another segment for previews: the warehouse changes in the meantime. */
  meanwhile: segmentArb,
  fates: fc.array(fc.constantFrom<Fate>('confirmed', 'confirmed', 'untouched', 'posted', 'doubtful'), {
    minLength: 3,
    maxLength: 3,
  }),
  arrives: fc.boolean(),
  moments: fc.subarray([...MOMENTS]),
});
type Step = typeof stepArb extends fc.Arbitrary<infer T> ? T : never;

/**
 * A run, with previews at some times.
 * @returns all its results, without the numbers and hashes of the
 * activation
 */
async function runStep(definition: Definition, step: Step, withPreviews: boolean): Promise<unknown[]> {
  const moments = withPreviews ? step.moments : [];
  const [before, beforeOther] = withPreviews
    ? [await previewed(world, definition, step.segment), await previewed(world, definition, step.meanwhile)]
    : [];
  const run = await planned(world, definition, step.segment);
  const seen = await shown(world, run);
  if (before) expect(seen).toEqual(before);

  let after: Shown | undefined;
  const look = async (moment: (typeof MOMENTS)[number]) => {
    if (!moments.includes(moment)) return;
    const [own, other] = [
      await previewed(world, definition, step.segment),
      await previewed(world, definition, step.meanwhile),
    ];
    const isSettled = moment === 'settled' || moment === 'closed';
    if (moment === 'delivered') expect(withoutPush(own)).toEqual(withoutPush(before!));
    else if (!isSettled) expect([own, other]).toEqual([before, beforeOther]);
    else if (after) expect(own).toEqual(after);
    if (isSettled) after = own;
  };

  await look('planned');
  for (const [index, { chunk }] of (await filesOf(world, run)).entries())
    await sendChunk(world, run, chunk, step.fates[index]!);
  await look('sent');
  if (run.plan.push) await deliver(world, run, { arrives: step.arrives });
  await look('delivered');
  await settleRun(world.state, run);
  await look('settled');
  const counts = await countsOf(world, run);
  await closeRun(world.state, run, null);
  await look('closed');
  const { sends, list, push } = seen;
  return [sends, list, push, counts, await listedKeys(world, definition)];
}

test('previews at any time of any run show what a run would do, and change nothing of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { minLength: 1, maxLength: 4 }), segmentArb, async (steps, last) => {
      const [watched, alone] = [definitionFor(newActivation()), definitionFor(newActivation())];
      for (const step of steps)
        expect(await runStep(watched, step, true)).toEqual(await runStep(alone, step, false));
      const seen = await previewed(world, watched, last);
      expect(await shown(world, await planned(world, watched, last))).toEqual(seen);
    }),
    { numRuns: repeats(20) },
  );
}, 120_000);
