import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../../state/runs/close.ts';
import { settleRun } from '../../../state/settle/settle.ts';
import {
  countsOf,
  filesOf,
  listedKeys,
  previewed,
  wholeRows,
  wouldSend,
  type SentFile,
  type Values,
} from '../observing.ts';
import { deliver, goodRun, listLines, planned, sendChunk } from '../sending.ts';
import { definitionFor, freshState, newActivation, type SegmentRow, type StateWorld } from '../support.ts';
import { afterRun, nextRun, NOTHING, type Known } from './known-model.ts';
import { ended } from '../../support/ended.ts';
import { repeats } from '../../setup/repeats.ts';

/* The quota of the day covers some files and not others. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Definition = ReturnType<typeof definitionFor>;

const ANNA: SegmentRow = { key: 'anna', values: ['1', '2', '3'] };
const BOB: SegmentRow = { key: 'bob', values: [null, '2', '3'] }; // not in the same file as Anna

/** A run whose files are sent or deferred; its list arrives. @returns the confirmed rows */
async function runInPart(
  definition: Definition,
  segment: SegmentRow[],
  isSent: (file: SentFile, index: number) => boolean,
  { arrives = true, limit }: { arrives?: boolean; limit?: number } = {},
) {
  const run = await planned(world, definition, segment);
  const files = await filesOf(world, run, { limit });
  for (const [index, file] of files.entries())
    await sendChunk(world, run, file.chunk, isSent(file, index) ? 'confirmed' : 'untouched');
  if (run.plan.push) await deliver(world, run, { arrives });
  await settleRun(world.state, run);
  await closeRun(world.state, run, ended(arrives ? 'succeeded' : 'failed'));
  return { run, confirmed: files.filter(isSent).flatMap(({ rows }) => rows) };
}

const holds = (key: string) => (file: SentFile) => file.rows.some((row) => row.key === key);

test('the next run sends all values of deferred members, and nothing of members who were confirmed', async () => {
  const definition = definitionFor(newActivation());
  const { run } = await runInPart(definition, [ANNA, BOB], holds('anna'));
  expect(await countsOf(world, run)).toMatchObject({ updated: 1, unsent: 1 });
  expect(await listedKeys(world, definition)).toEqual(['anna', 'bob']); // attributes never keep a member off the list

  const next = await planned(world, definition, [ANNA, BOB]);
  expect(await wouldSend(world, next)).toEqual(wholeRows([BOB]));
  expect(next.plan).toMatchObject({ push: null, toSend: 1 });
  expect(next.counts).toMatchObject({ added: 0, removed: 0 });
  const [file] = await filesOf(world, next);
  await sendChunk(world, next, file!.chunk, 'confirmed');
  await settleRun(world.state, next);
  await closeRun(world.state, next, null);
  expect(await previewed(world, definition, [ANNA, BOB])).toMatchObject({ sends: [], push: null });
});

test('a deferred change is sent whole, and is no longer due once the member has the confirmed values again', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [ANNA, BOB]);
  const changed = { ...ANNA, values: ['1', '2', 'x'] };
  await runInPart(definition, [changed, BOB], () => false);
  expect((await previewed(world, definition, [changed, BOB])).sends).toEqual(wholeRows([changed]));
  expect((await previewed(world, definition, [ANNA, BOB])).sends).toEqual([]);
});

test('members who are deferred again and again stay on the list and are sent once there is quota', async () => {
  const definition = definitionFor(newActivation());
  for (const place of ['first', 'second', 'third']) {
    const { run } = await runInPart(definition, [ANNA, BOB], () => false);
    expect({ place, ...(await countsOf(world, run)) }).toMatchObject({ updated: 0, unsent: 2 });
  }
  const run = await goodRun(world, definition, [ANNA, BOB]);
  expect(await countsOf(world, run)).toMatchObject({ updated: 2, unsent: 0 });
  expect((await previewed(world, definition, [ANNA, BOB])).sends).toEqual([]);
});

const stepArb = fc.record({
  segment: fc.uniqueArray(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      values: fc.constantFrom<Values>(['1', '2', '3'], ['9', '2', '3'], [null, '2', null]),
    }),
    { selector: ({ key }) => key },
  ),
  sent: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
  arrives: fc.boolean(),
});
type Step = typeof stepArb extends fc.Arbitrary<infer T> ? T : never;

async function runStep(definition: Definition, { segment, sent, arrives }: Step, known: Known) {
  const { sends, list } = nextRun(known, segment);
  expect((await previewed(world, definition, segment)).sends).toEqual(sends);
  const { run, confirmed } = await runInPart(definition, segment, (_, index) => sent[index]!, {
    arrives,
    limit: 60,
  });
  const { updated, unsent } = await countsOf(world, run);
  expect([updated ?? 0, unsent ?? 0]).toEqual([confirmed.length, sends.length - confirmed.length]);
  expect(run.counts.members).toBe(list.length);
  return afterRun(known, segment, {
    confirmed: confirmed.map(({ key }) => key),
    arrived: run.plan.push === null || arrives,
  });
}

test('whichever files are deferred, each run sends exactly the members whose values are not confirmed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { minLength: 2, maxLength: 5 }), async (steps) => {
      const definition = definitionFor(newActivation());
      let known = NOTHING;
      for (const step of steps) known = await runStep(definition, step, known);
      const { segment } = steps.at(-1)!;
      const last = await planned(world, definition, segment);
      expect(await wouldSend(world, last)).toEqual(nextRun(known, segment).sends);
      expect(await listLines(world, last)).toEqual(nextRun(known, segment).list);
    }),
    { numRuns: repeats(25) },
  );
}, 180_000);
